/** Tensors in the hovers and variables of VS Code's own JavaScript debugger. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import * as vscode from 'vscode';
import { breakAt, endSessions, kinds, openView, rowsWith, start, untilStopped, test, until } from './harness.ts';

interface Variable {
  name: string;
  value: string;
  type?: string;
  variablesReference: number;
}

async function variablesOf(session: vscode.DebugSession, variablesReference: number): Promise<Variable[]> {
  const { variables } = (await session.customRequest('variables', { variablesReference })) as { variables: Variable[] };
  return variables;
}

/** The variables of the stopped frame, by name, globals left out. */
async function frameVariables(frame: vscode.DebugStackFrame): Promise<Map<string, Variable>> {
  const { scopes } = (await frame.session.customRequest('scopes', { frameId: frame.frameId })) as {
    scopes: { name: string; variablesReference: number }[];
  };
  const found = new Map<string, Variable>();
  for (const { name, variablesReference } of scopes) {
    if (name === 'Global') continue;
    for (const variable of await variablesOf(frame.session, variablesReference)) found.set(variable.name, variable);
  }
  return found;
}

async function hovered({ session, frameId }: vscode.DebugStackFrame, expression: string): Promise<string> {
  const answer: unknown = await session.customRequest('evaluate', { expression, frameId, context: 'hover' });
  return (answer as { result: string }).result;
}

test('companion: hovers and variables have the text of tensors', async () => {
  breakAt('network.ts', 'first');
  await start(kinds.companion);
  const frame = await untilStopped();
  // Before anything has looked at the program, TensorFlow.js tensors are told from themselves.
  const before = await frameVariables(frame);
  match(before.get('product')?.value ?? '', /^float32\[64, 64\]/);
  match(before.get('gone')?.value ?? '', /^float32\[\] disposed/);
  await openView();
  await rowsWith('product');
  const after = await frameVariables(frame);
  match(after.get('product')?.value ?? '', /^float32\[64, 64\] webgpu 16 KB/);
  match(after.get('weights')?.value ?? '', /^float32\[128, 10\]/);
  match(await hovered(frame, 'product'), /^float32\[64, 64\] webgpu 16 KB/);
  // Its properties are there as ever.
  const properties = await variablesOf(frame.session, after.get('product')?.variablesReference ?? 0);
  ok(properties.some(({ name, value }) => name === 'dtype' && value.includes('float32')));
  ok(properties.some(({ name }) => name === 'dataId'));
});

test('companion: a generator of the user is kept', async () => {
  breakAt('network.ts', 'first');
  await start({ ...kinds.companion, customDescriptionGenerator: 'function (text) { return "mine"; }' });
  const frame = await untilStopped();
  strictEqual(await hovered(frame, 'product'), 'mine');
});

/** What a person sees of the program's values, and what the program sees of being looked at. */
async function seenOfThings(): Promise<{ hovers: string[]; variables: string[]; output: string }> {
  breakAt('things.mjs', 'things');
  const outputs: string[] = [];
  const listening = vscode.debug.registerDebugAdapterTrackerFactory('pwa-node', {
    createDebugAdapterTracker: () => ({
      onDidSendMessage: (message: { event?: string; body?: { output?: string } }) => {
        if (message.event === 'output') outputs.push(message.body?.output ?? '');
      },
    }),
  });
  try {
    await start({ type: 'node', program: '${workspaceFolder}/things.mjs' });
    const frame = await untilStopped();
    const hovers: string[] = [];
    for (const name of ['point', 'plain', 'list', 'lazy', 'tagged']) hovers.push(await hovered(frame, name));
    const variables: string[] = [];
    for (const variable of (await frameVariables(frame)).values()) {
      variables.push(`${variable.name}: ${variable.value}`);
      if (variable.variablesReference === 0 || variable.name === 'watched') continue;
      for (const { name, value } of await variablesOf(frame.session, variable.variablesReference)) {
        variables.push(`${variable.name}.${name}: ${value}`);
      }
    }
    await vscode.commands.executeCommand('workbench.action.debug.continue');
    const output = await until('it has told', () => outputs.find((text) => text.startsWith('looked:')));
    return { hovers, variables, output };
  } finally {
    listening.dispose();
    await endSessions();
  }
}

test('companion: a session without tensors looks and behaves as it does without the extension', async () => {
  const settings = vscode.workspace.getConfiguration('tensorDebugger');
  await settings.update('companion.enabled', false, vscode.ConfigurationTarget.Global);
  const without = await seenOfThings();
  await settings.update('companion.enabled', undefined, vscode.ConfigurationTarget.Global);
  const withIt = await seenOfThings();
  ok(
    without.variables.some((text) => text.includes('(1, 2)')),
    without.variables.join('\n'),
  );
  deepStrictEqual(withIt, without);
});
