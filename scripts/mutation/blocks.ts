import * as ts from 'typescript';
import { Edit, edited } from './source';

/** The name of the function that instrumented code calls when a block runs. */
export const HIT = '__mutationHit';

/** A part of a file that either runs as a whole or not at all: the body of a function, or a branch. */
interface Block {
  readonly start: number;
  readonly end: number;
  readonly edits: (call: string) => Edit[];
}

/** The id of the innermost block around a position. Block 0 of a file is what runs when it is loaded. */
export function blockAt(source: ts.SourceFile, position: number): string {
  const around = blocksOf(source)
    .map((block, index) => ({ ...block, index }))
    .filter(({ start, end }) => start <= position && position < end)
    .sort((a, b) => a.end - a.start - (b.end - b.start));
  return idOf(source, around.length > 0 ? around[0].index + 1 : 0);
}

/** The text of a file that reports each block that runs. */
export function instrumented(source: ts.SourceFile): string {
  const edits = blocksOf(source).flatMap((block, index) => block.edits(`${HIT}(${JSON.stringify(idOf(source, index + 1))})`));
  return `${HIT}(${JSON.stringify(idOf(source, 0))});${edited(source.text, edits)}`;
}

function idOf(source: ts.SourceFile, index: number): string {
  return `${source.fileName}#${index}`;
}

const found = new WeakMap<ts.SourceFile, Block[]>();

function blocksOf(source: ts.SourceFile): Block[] {
  const before = found.get(source);
  if (before) return before;
  const blocks: Block[] = [];
  const statements = (node: ts.Block) => {
    const start = node.getStart(source) + 1;
    blocks.push({ start, end: node.end, edits: (call) => [{ start, end: start, text: `${call};` }] });
  };
  const expression = (node: ts.Expression) => {
    const [start, end] = [node.getStart(source), node.end];
    const edits = (call: string) => [
      { start, end: start, text: `(${call}, ` },
      { start: end, end, text: ')' },
    ];
    blocks.push({ start, end, edits });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node)) return;
    if (ts.isBlock(node)) statements(node);
    if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) expression(node.body);
    if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(expression);
    ts.forEachChild(node, visit);
  };
  visit(source);
  found.set(source, blocks);
  return blocks;
}
