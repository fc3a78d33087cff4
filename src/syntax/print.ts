/** Prints the AST as short s-expressions, one statement per line: for tests and for `putright debug syntax`. */
import type { CType, Declarator, Expression, Field, FunctionVariant, Statement, StructDefinition } from './ast.js';

/** Returns a type as text: `struct page**`, `int[4]`. */
export function printType(type: CType): string {
  return `${type.base}${'*'.repeat(type.pointers)}${type.dims.map((d) => `[${d}]`).join('')}`;
}

const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Returns an expression on one line. */
export function printExpression(e: Expression): string {
  const p = printExpression;
  switch (e.kind) {
    case 'identifier':
      return e.name;
    case 'literal':
      return squeeze(e.text);
    case 'call':
      return `(call ${[e.callee, ...e.args].map(p).join(' ')})`;
    case 'member':
      return `${p(e.object)}${e.arrow ? '->' : '.'}${e.field}`;
    case 'index':
      return `${p(e.object)}[${p(e.index)}]`;
    case 'unary':
      return `(${e.op} ${p(e.operand)})`;
    case 'update':
      return e.prefix ? `(${e.op} ${p(e.operand)})` : `(${p(e.operand)} ${e.op})`;
    case 'binary':
      return `(${p(e.left)} ${e.op} ${p(e.right)})`;
    case 'assign':
      return `(${e.op} ${p(e.left)} ${p(e.right)})`;
    case 'conditional':
      return `(? ${p(e.test)} ${e.then === null ? '_' : p(e.then)} ${p(e.otherwise)})`;
    case 'comma':
      return `(, ${e.items.map(p).join(' ')})`;
    case 'cast':
      return `(cast <${printType(e.type)}> ${p(e.operand)})`;
    case 'sizeof':
      return `<<${squeeze(e.text)}>>`;
    case 'type':
      return `<${printType(e.type)}>`;
    case 'statement-expression':
      return `({ ${e.body.body.map((s) => printStatement(s, '').replace(/\n\s*/g, ' ')).join(' ')} })`;
    case 'initializer': {
      const items = e.items.map(
        (i) => `${i.designators.map((d) => (d === '[]' ? d : `.${d}`)).join('')}${i.designators.length > 0 ? '=' : ''}${p(i.value)}`,
      );
      return `${e.type === null ? '' : `<${printType(e.type)}>`}{${items.join(', ')}}`;
    }
    case 'unknown':
      return `(?? ${squeeze(e.text)})`;
  }
}

function printDeclarator(d: Declarator): string {
  const parts = [d.static ? 'static ' : '', printType(d.type), ' ', d.name];
  if (d.cleanup !== null) parts.push(` ~${d.cleanup}`);
  if (d.init !== null) parts.push(` = ${printExpression(d.init)}`);
  return parts.join('');
}

/** Returns a statement, with its parts indented below it. */
export function printStatement(s: Statement, indent = ''): string {
  const inner = (child: Statement): string => `\n${printStatement(child, `${indent}  `)}`;
  const e = printExpression;
  switch (s.kind) {
    case 'expression':
      return `${indent}${e(s.expression)};`;
    case 'declaration':
      return `${indent}decl ${s.declarators.map(printDeclarator).join(', ')};`;
    case 'block':
      return s.body.length === 0 ? `${indent}{}` : `${indent}{${s.body.map(inner).join('')}\n${indent}}`;
    case 'if':
      return `${indent}if ${e(s.test)}${inner(s.then)}${s.otherwise === null ? '' : `\n${indent}else${inner(s.otherwise)}`}`;
    case 'while':
      return `${indent}while ${e(s.test)}${inner(s.body)}`;
    case 'do':
      return `${indent}do${inner(s.body)}\n${indent}while ${e(s.test)}`;
    case 'for': {
      const init = s.init === null ? '_' : s.init.kind === 'declaration' ? printStatement(s.init).replace(/;$/, '') : e(s.init);
      return `${indent}for ${init}; ${s.test === null ? '_' : e(s.test)}; ${s.update === null ? '_' : e(s.update)}${inner(s.body)}`;
    }
    case 'macro-statement':
      return `${indent}macro ${[s.name, ...s.args.map(e)].join(' ')}${inner(s.body)}`;
    case 'switch':
      return `${indent}switch ${e(s.value)}${inner(s.body)}`;
    case 'case':
      return `${indent}${s.value === null ? 'default' : `case ${e(s.value)}`}:`;
    case 'label':
      return `${indent}${s.name}:`;
    case 'goto':
      return `${indent}goto ${s.label};`;
    case 'break':
      return `${indent}break;`;
    case 'continue':
      return `${indent}continue;`;
    case 'return':
      return `${indent}return${s.value === null ? '' : ` ${e(s.value)}`};`;
    case 'empty':
      return `${indent};`;
    case 'unknown-statement':
      return `${indent}?? ${squeeze(s.text)}${s.calls.length === 0 ? '' : ` [${s.calls.map(e).join(' ')}]`}`;
  }
}

/** Returns a function: assumptions, header, body, problems. */
export function printFunction(f: FunctionVariant): string {
  const flags = `${f.static ? 'static ' : ''}${f.inline ? 'inline ' : ''}`;
  const params = f.params.map((p) => `${printType(p.type)} ${p.name}`.trim()).join(', ');
  const lines = f.assumptions.length === 0 ? [] : [`[${f.assumptions.join('] [')}]`];
  lines.push(`${flags}${printType(f.returns)} ${f.name}(${params})`, printStatement(f.body));
  for (const problem of f.problems) lines.push(`! ${problem.pos}: ${problem.why}`);
  return lines.join('\n');
}

function printField(f: Field, indent: string): string {
  const nested = f.members === null ? '' : ` {${f.members.map((m) => `\n${printField(m, `${indent}  `)}`).join('')}\n${indent}}`;
  return `${indent}${printType(f.type)}${f.name === '' ? '' : ` ${f.name}`}${nested}`;
}

/** Returns a struct, one field per line. */
export function printStruct(s: StructDefinition): string {
  return `${s.union ? 'union' : 'struct'} ${s.tag}${s.fields.map((f) => `\n${printField(f, '  ')}`).join('')}`;
}
