/** Evaluates JSONata for the interpreter, which ships no evaluator: one expression in JSON a line in, one result in JSON a line out. */
const { createInterface } = require('readline');
const jsonata = require('jsonata');

async function evaluate(expression) {
  const compiled = jsonata(expression);
  compiled.registerFunction('parse', (json) => JSON.parse(json));
  try {
    return { result: (await compiled.evaluate(undefined)) ?? null };
  } catch (error) {
    return { error: String(error.message) };
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  void evaluate(JSON.parse(line)).then((answer) => process.stdout.write(`${JSON.stringify(answer)}\n`));
});
