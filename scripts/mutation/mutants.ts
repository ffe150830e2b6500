import * as ts from 'typescript';
import { blockAt } from './blocks';
import { Edit, parse } from './source';

/** One small change to one file. */
export interface Mutant extends Edit {
  readonly file: string;
  readonly line: number;
  /** What stood there. */
  readonly was: string;
  /** The block of the file that must run for the change to matter. */
  readonly block: string;
}

const OPERATORS: Partial<Record<ts.SyntaxKind, string>> = {
  [ts.SyntaxKind.PlusToken]: '-',
  [ts.SyntaxKind.MinusToken]: '+',
  [ts.SyntaxKind.AsteriskToken]: '/',
  [ts.SyntaxKind.SlashToken]: '*',
  [ts.SyntaxKind.PercentToken]: '*',
  [ts.SyntaxKind.LessThanToken]: '<=',
  [ts.SyntaxKind.LessThanEqualsToken]: '<',
  [ts.SyntaxKind.GreaterThanToken]: '>=',
  [ts.SyntaxKind.GreaterThanEqualsToken]: '>',
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: '!==',
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: '===',
  [ts.SyntaxKind.AmpersandAmpersandToken]: '||',
  [ts.SyntaxKind.BarBarToken]: '&&',
};

const METHODS: Record<string, string> = { min: 'max', max: 'min', ceil: 'floor', floor: 'ceil', some: 'every', every: 'some' };

/** Properties whose values are words for people, or addresses of public pages. */
const WORDS = /^(says|source|sources|description|because)$/;

/**
 * Every small change that we make to a file: another operator, method or constant; a condition that is always true, always false or the
 * opposite; a default that is always or never used; a statement, property, element or filter left out; a result that is undefined.
 *
 * The words of messages and of descriptions, and addresses of public pages, stay as they are, and so does what only types know.
 */
export function mutantsOf(file: string): Mutant[] {
  const source = parse(file);
  return editsOf(source).map((edit) => ({
    ...edit,
    file,
    line: source.getLineAndCharacterOfPosition(edit.start).line + 1,
    was: source.text.slice(edit.start, edit.end),
    block: blockAt(source, edit.start),
  }));
}

function editsOf(source: ts.SourceFile): Edit[] {
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isInterfaceDeclaration(node)) return;
    edits.push(...changesOf(node, source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return edits;
}

function changesOf(node: ts.Node, source: ts.SourceFile): Edit[] {
  const replace = (what: ts.Node, text: string): Edit => ({ start: what.getStart(source), end: what.end, text });
  const negate = (condition: ts.Expression) => ['true', 'false', `!(${condition.getText(source)})`].map((text) => replace(condition, text));
  if (ts.isBinaryExpression(node)) return binary(node, source, replace);
  if (ts.isIfStatement(node) || ts.isConditionalExpression(node)) {
    return negate(ts.isIfStatement(node) ? node.expression : node.condition);
  }
  if (ts.isNumericLiteral(node)) return isOfType(node) ? [] : [replace(node, node.text === '0' ? '1' : `(${node.text} + 1)`)];
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
    return isWords(node) || isOfType(node) || isName(node) ? [] : [replace(node, JSON.stringify(`${node.text}x`))];
  }
  if (ts.isTemplateExpression(node)) return isWords(node) ? [] : [replace(node, `(${node.getText(source)} + 'x')`)];
  if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
    return [replace(node, node.kind === ts.SyntaxKind.TrueKeyword ? 'false' : 'true')];
  }
  if (ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node)) return leftOut(node, source);
  if (ts.isExpressionStatement(node)) return isSuperCall(node) ? [] : [replace(node, ';')];
  if (ts.isReturnStatement(node) && node.expression) return [replace(node, 'return undefined as any;')];
  if (ts.isPropertyAccessExpression(node)) return access(node, replace);
  if (ts.isCallExpression(node)) return filters(node, source, replace);
  return [];
}

type Replace = (what: ts.Node, text: string) => Edit;

function binary(node: ts.BinaryExpression, source: ts.SourceFile, replace: Replace): Edit[] {
  const { operatorToken, left, right } = node;
  if (operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) {
    return [left, right].map((side) => replace(node, `(${side.getText(source)})`));
  }
  if (operatorToken.kind === ts.SyntaxKind.PlusToken && isText(node)) return [];
  const other = OPERATORS[operatorToken.kind];
  return other === undefined ? [] : [replace(operatorToken, other)];
}

function access(node: ts.PropertyAccessExpression, replace: Replace): Edit[] {
  if (node.questionDotToken) return [replace(node.questionDotToken, '.')];
  const method = METHODS[node.name.text];
  return method !== undefined && ts.isCallExpression(node.parent) && node.parent.expression === node ? [replace(node.name, method)] : [];
}

/** A list without its filter. */
function filters(node: ts.CallExpression, source: ts.SourceFile, replace: Replace): Edit[] {
  const { expression } = node;
  return ts.isPropertyAccessExpression(expression) && expression.name.text === 'filter'
    ? [replace(node, `(${expression.expression.getText(source)})`)]
    : [];
}

/** A list without one of its elements, or an object without one of its properties. */
function leftOut(node: ts.ArrayLiteralExpression | ts.ObjectLiteralExpression, source: ts.SourceFile): Edit[] {
  if (isWords(node) || isAssigned(node)) return [];
  const parts: readonly ts.Node[] = ts.isArrayLiteralExpression(node) ? node.elements : node.properties;
  return parts
    .filter((part) => !(part.parent === node && ts.isPropertyAssignment(part) && WORDS.test(part.name.getText(source))))
    .map((part) => {
      const comma = source.text.slice(part.end).match(/^\s*,/);
      return { start: part.getStart(source), end: part.end + (comma ? comma[0].length : 0), text: '' };
    });
}

/** Whether a text is for people: in a message, in a description, or the address of a public page. */
function isWords(node: ts.Node): boolean {
  if (ts.isStringLiteral(node) && /^https:\/\/(docs|awsdocs|aws|github)\b/.test(node.text)) return true;
  for (let at = node; at.parent; at = at.parent) {
    const { parent } = at;
    if (ts.isPropertyAssignment(parent) && WORDS.test(parent.name.getText())) return true;
    if (ts.isNewExpression(parent) && parent.expression.getText() === 'Error') return true;
    // The message of a rule: the last argument of `when` and of `error`.
    if (ts.isCallExpression(parent) && /\.(when|error)$/.test(parent.expression.getText()) && parent.arguments.at(-1) === at) return true;
  }
  return false;
}

/** Whether `+` joins texts. */
function isText(node: ts.Expression): boolean {
  if (ts.isBinaryExpression(node)) return isText(node.left) || isText(node.right);
  if (ts.isParenthesizedExpression(node)) return isText(node.expression);
  if (ts.isConditionalExpression(node)) return isText(node.whenTrue);
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function isOfType(node: ts.Node): boolean {
  return ts.isLiteralTypeNode(node.parent);
}

/** Whether a text is the name of a property. */
function isName(node: ts.Node): boolean {
  const { parent } = node;
  return (ts.isPropertyAssignment(parent) && parent.name === node) || ts.isComputedPropertyName(parent);
}

/** Whether a literal is the target of an assignment, or what a loop unpacks. */
function isAssigned(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken && parent.left === node;
}

function isSuperCall({ expression }: ts.ExpressionStatement): boolean {
  return ts.isCallExpression(expression) && expression.expression.kind === ts.SyntaxKind.SuperKeyword;
}
