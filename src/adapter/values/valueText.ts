/** JavaScript values as one line of text, from what the protocol tells of them: nothing in the program is run for it. */
import type { Protocol } from 'devtools-protocol';

type RemoteObject = Protocol.Runtime.RemoteObject;
type Preview = Protocol.Runtime.ObjectPreview;
type PropertyPreview = Protocol.Runtime.PropertyPreview;

const maxStringLength = 1_000;

/** As variables and the debug console show a value: `Point {x: 3, y: 4}`, `(3) [1, 2, 3]`; long ones are cut. */
export function valueText(object: RemoteObject): string {
  switch (object.type) {
    case 'string':
      return quote(shorten(String(object.value), maxStringLength));
    case 'function':
      return functionText(object.description ?? 'function');
    case 'object':
      break;
    case 'undefined':
      return 'undefined';
    default:
      return object.description ?? object.unserializableValue ?? String(object.value);
  }
  if (object.subtype === 'null') return 'null';
  // An entry of a map says all in its description.
  if ((object.subtype as string | undefined) === 'internal#entry') return object.description ?? '';
  if (object.subtype === 'error') return firstLine(object.description ?? 'Error');
  return object.preview ? previewText(object.preview, object.description) : (object.description ?? 'Object');
}

function previewText(preview: Preview, description: string | undefined): string {
  const name = description ?? preview.description ?? 'Object';
  if (preview.subtype === 'regexp' || preview.subtype === 'date') return name;
  const items = (preview.entries ?? []).map(({ key, value }) =>
    key ? `${nestedText(key)} => ${nestedText(value)}` : nestedText(value),
  );
  if (preview.subtype === 'array' || preview.subtype === 'typedarray') {
    const elements = preview.properties.map((property) =>
      /^\d+$/.test(property.name) ? propertyValue(property) : `${property.name}: ${propertyValue(property)}`,
    );
    return `${name.replace(/^Array(?=\()/, '')} [${withMore(elements, preview.overflow)}]`.replace(
      /^\((\d+)\)/,
      '($1)',
    );
  }
  for (const property of preview.properties) {
    // The size stands in the description already.
    if (preview.entries && property.name === 'size') continue;
    items.push(`${property.name}: ${propertyValue(property)}`);
  }
  const body = items.length === 0 ? '{}' : `{${withMore(items, preview.overflow)}}`;
  return name === 'Object' ? body : `${name} ${body}`;
}

function nestedText(preview: Preview): string {
  if (preview.type === 'string') return quote(preview.description ?? '');
  if (preview.type === 'function') return 'ƒ';
  return preview.description ?? preview.subtype ?? preview.type;
}

function propertyValue({ type, subtype, value, valuePreview }: PropertyPreview): string {
  if (type === 'string') return quote(value ?? '');
  if (type === 'function') return 'ƒ';
  if (type === 'accessor') return '(...)';
  if (type === 'object' && subtype === undefined && value === 'Object') return '{…}';
  return value ?? valuePreview?.description ?? type;
}

function withMore(items: string[], overflow: boolean): string {
  return [...items, ...(overflow ? ['…'] : [])].join(', ');
}

/** `ƒ name(a, b)`; a class shows its head. */
function functionText(source: string): string {
  const head = firstLine(source);
  if (source.startsWith('class')) return head.replace(/\s*\{.*$/, '');
  const parameters = /^(?:async\s+)?(?:function\b\s*\*?\s*)?([\w$#.]*)\s*(\([^)]*\))/.exec(head);
  if (parameters) return `ƒ ${parameters[1]}${parameters[2]}`;
  return `ƒ ${shorten(head, 80)}`;
}

function quote(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'");
  return `'${escaped}'`;
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** The name of the value's type as a client shows it next to it. */
export function typeName({ type, subtype, className }: RemoteObject): string {
  return type === 'object' ? (className ?? subtype ?? 'object') : type;
}

/** The first line of what was thrown. */
export function exceptionText(object: Protocol.Runtime.RemoteObject): string {
  if (object.type === 'string') return String(object.value);
  return (object.description ?? String(object.value)).split('\n')[0] ?? '';
}
