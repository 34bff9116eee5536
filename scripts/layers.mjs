/**
 * The layers of the program and the ESLint rule that holds their imports to them. Imports here are relative paths with
 * their endings, so where one leads can be told without a resolver, whether or not the file exists.
 */
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const belowExtension = ['src/inspector', 'src/cdp', 'src/formats', 'src/tensor', 'src/protocol'];
/** What every part of the extension may import; the second only late, when it is needed: it leads to all of them. */
const ofExtension = [...belowExtension, 'src/extension/settings.ts', 'src/extension/onDemand.ts'];

/**
 * Folder to the folders and files that it may import, beside itself; a folder inside of another stands before it. What is not in here may import whatever it likes.
 * `cli` reaches the adapter through the Debug Adapter Protocol only, so it imports none of it.
 * @type {Record<string, string[]>}
 */
export const layers = {
  'src/protocol': [],
  'src/tensor': ['src/protocol'],
  'src/formats': ['src/tensor', 'src/protocol'],
  'src/agent': ['src/tensor', 'src/protocol'],
  'src/cdp': ['src/protocol'],
  'src/inspector': ['src/cdp', 'src/formats', 'src/tensor', 'src/protocol'],
  'src/adapter': ['src/inspector', 'src/cdp', 'src/formats', 'src/tensor', 'src/protocol'],
  'src/cli': ['src/formats', 'src/tensor', 'src/protocol'],
  'src/runtime': ['src/formats', 'src/tensor', 'src/protocol'],
  'src/extension/sources': ofExtension,
  'src/extension/debug': ['src/extension/sources', ...ofExtension],
  'src/extension/editor': ['src/extension/sources', ...ofExtension],
  'src/extension/tree': ['src/extension/sources', ...ofExtension],
  'src/extension/viewer': ['src/extension/sources', ...ofExtension],
  'src/extension/track': ['src/extension/sources', 'src/extension/editor', 'src/extension/viewer', ...ofExtension],
  'src/extension/commands': [
    ...['sources', 'debug', 'editor', 'tree', 'viewer', 'track'].map((folder) => `src/extension/${folder}`),
    ...ofExtension,
  ],
  'src/extension': belowExtension,
  webview: ['src/protocol', 'src/tensor'],
};

/**
 * The path inside of the project, with slashes.
 * @param {string} file
 */
function projectPath(file) {
  return relative(root, file).split(sep).join('/');
}

/**
 * @param {string} path
 * @param {string} folder or one file
 */
function isIn(path, folder) {
  return path === folder || path.startsWith(`${folder}/`);
}

/** @type {import('eslint').Rule.RuleModule} */
export const layersRule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { forbidden: '{{layer}} may import {{allowed}}; not {{path}}.' },
  },
  create(context) {
    const layer = Object.keys(layers).find((folder) => isIn(projectPath(context.filename), folder));
    if (layer === undefined) return {};
    const allowed = layers[layer] ?? [];

    /** @param {{ source?: unknown }} node */
    const check = ({ source }) => {
      const literal = /** @type {import('estree').Literal | null | undefined} */ (source);
      if (typeof literal?.value !== 'string' || !/^(\.|\/|file:)/.test(literal.value)) return;
      const path = projectPath(resolve(dirname(context.filename), literal.value));
      if ([layer, ...allowed].some((folder) => isIn(path, folder))) return;
      const data = { layer, path, allowed: allowed.join(', ') || 'nothing else of this project' };
      context.report({ node: literal, messageId: 'forbidden', data });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      // `import('./x.ts').Type`
      TSImportType: check,
    };
  },
};
