import { drawHost, Host } from '../../scripts/demo/draw-host';
import { ANSI, PLAIN, styleFor } from '../../scripts/demo/style';

const COLUMNS = 96;

/** A host that is wholly divided among the slices. */
function host(chips: number, coresPerChip: number, slices: (string | undefined)[]): Host {
  const cores = (chips * coresPerChip) / slices.length;
  return { coresPerChip, parts: slices.map((name, i) => ({ first: i * cores, cores, name })) };
}

function draw(drawn: Host, workloads: string[]): string {
  return drawHost(drawn, workloads, COLUMNS, PLAIN).join('\n');
}

test('a slice of some chips, one of them free', () => {
  expect(draw(host(6, 2, ['Chat', 'Chat', undefined]), ['Chat'])).toBe(
    `
┌───────────┬───────────┬───────────┐
│ Chat      │ Chat      │ free      │
│ chips 0-1 │ chips 2-3 │ chips 4-5 │
│ [■■] [■■] │ [■■] [■■] │ [□□] [□□] │
└───────────┴───────────┴───────────┘`.trim(),
  );
});

test('a slice of a part of a chip: the brackets of the chip span its slices', () => {
  expect(draw(host(2, 2, ['A', 'B', 'A', undefined]), ['A', 'B'])).toBe(
    `
┌────────┬────────┬────────┬────────┐
│ A      │ B      │ A      │ free   │
│ chip 0 │ chip 0 │ chip 1 │ chip 1 │
│ [■     │  ■]    │ [■     │  □]    │
└────────┴────────┴────────┴────────┘`.trim(),
  );
});

test('slices that do not fit beside each other go to rows of the same length', () => {
  expect(
    draw(
      host(
        12,
        2,
        Array.from({ length: 12 }, () => 'Embed'),
      ),
      ['Embed'],
    ),
  ).toBe(
    `
┌─────────┬─────────┬─────────┬─────────┬─────────┬─────────┐
│ Embed   │ Embed   │ Embed   │ Embed   │ Embed   │ Embed   │
│ chip 0  │ chip 1  │ chip 2  │ chip 3  │ chip 4  │ chip 5  │
│ [■■]    │ [■■]    │ [■■]    │ [■■]    │ [■■]    │ [■■]    │
├─────────┼─────────┼─────────┼─────────┼─────────┼─────────┤
│ Embed   │ Embed   │ Embed   │ Embed   │ Embed   │ Embed   │
│ chip 6  │ chip 7  │ chip 8  │ chip 9  │ chip 10 │ chip 11 │
│ [■■]    │ [■■]    │ [■■]    │ [■■]    │ [■■]    │ [■■]    │
└─────────┴─────────┴─────────┴─────────┴─────────┴─────────┘`.trim(),
  );
});

test('chips that do not fit beside each other go to lines of the same length', () => {
  const chip = '[■■■■■■■■]';
  const line = `│ ${Array.from({ length: 8 }, () => chip).join(' ')} │`;
  const drawn = draw(host(16, 8, ['Train']), ['Train']).split('\n');
  expect(drawn.slice(3, 5)).toEqual([line, line]);
  expect(drawn).toHaveLength(6);
});

test('slices that do not end where a chip ends', () => {
  const parts = [0, 3].map((first) => ({ first, cores: 3, name: 'A' }));
  expect(draw({ coresPerChip: 4, parts }, ['A'])).toBe(
    `
┌───────────┬───────────┐
│ A         │ A         │
│ chip 0    │ chips 0-1 │
│ [■■■      │  ■] [■■   │
└───────────┴───────────┘`.trim(),
  );
});

test.each([
  ['inf2.48xlarge', 12, 2, [1, 2, 3, 4, 6, 12, 24]],
  ['trn1.32xlarge', 16, 2, [1, 2, 4, 8, 16, 32]],
  ['trn2.48xlarge', 16, 8, [1, 2, 4, 8, 16, 32, 64, 128]],
])('%s is never too wide, however it is divided and whatever its services are called', (_, chips, coresPerChip, divisions) => {
  const name = 'a-service-with-a-name-that-is-far-too-long-to-be-shown-beside-others-and-a-bit-long-even-if-it-is-alone-on-a-host';
  for (const slices of divisions) {
    const lines = drawHost(
      host(
        chips,
        coresPerChip,
        Array.from({ length: slices }, () => name),
      ),
      [name],
      COLUMNS,
      PLAIN,
    );
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines[0].length).toBeLessThanOrEqual(COLUMNS);
    expect(lines.join('').split('■')).toHaveLength(chips * coresPerChip + 1);
  }
});

test('colors change nothing but colors, and each workload has its own', () => {
  const drawn = host(2, 2, ['A', 'B']);
  const colored = drawHost(drawn, ['A', 'B'], COLUMNS, ANSI).join('\n');
  // eslint-disable-next-line no-control-regex
  expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(draw(drawn, ['A', 'B']));
  expect(colored).toContain('\u001b[36mA     ');
  expect(colored).toContain('\u001b[33mB     ');
});

test.each([
  [{ isTTY: true }, {}, ANSI],
  [{ isTTY: true }, { NO_COLOR: '' }, ANSI],
  [{ isTTY: true }, { NO_COLOR: '1' }, PLAIN],
  [{}, {}, PLAIN],
])('colors for output %j and environment %j', (out, env, style) => {
  expect(styleFor(out, env)).toBe(style);
});
