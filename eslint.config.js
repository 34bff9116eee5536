import { builtinModules } from 'node:module';
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { layersRule } from './scripts/layers.mjs';

const vscode = { name: 'vscode', message: 'Only src/extension may know the editor.' };
const nodeModules = {
  regex: `^(node:.*|(${builtinModules.filter((name) => !name.startsWith('_')).join('|')})(/.*)?)$`,
  message: 'This part also runs where there is no Node.',
};

export default defineConfig(
  // Programs to be debugged do on purpose what a linter is there to prevent.
  globalIgnores(['dist/', '.cache/', 'demo-output/', 'test/debuggee/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{js,mjs,cjs,ts}'],
    plugins: { project: { rules: { layers: layersRule } } },
    rules: {
      'project/layers': 'error',
      'no-restricted-imports': ['error', { paths: [vscode] }],
      eqeqeq: ['error', 'always'],
      'object-shorthand': 'error',
      'prefer-template': 'error',
    },
  },
  {
    files: ['**/*.ts', '**/*.mjs', '*.js'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // TypeScript knows better than the linter which names exist.
      'no-undef': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            {
              from: 'package',
              package: 'node:test',
              name: ['test', 'it', 'describe', 'suite', 'before', 'after', 'beforeEach', 'afterEach'],
            },
          ],
        },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['src/{protocol,tensor,agent}/**', 'webview/**'],
    rules: { 'no-restricted-imports': ['error', { paths: [vscode], patterns: [nodeModules] }] },
  },
  {
    // The agent keeps the originals of functions that the program may replace, and calls them with an explicit `this`.
    files: ['src/agent/**'],
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  {
    files: ['src/extension/**', 'test/vscode/suite/**'],
    rules: { 'no-restricted-imports': 'off' },
  },
);
