/**
 * The way into the agent: brings it into the debuggee when something is first asked for, and calls it. Calls go over the
 * session without the Debugger domain; only objects of the stop (scopes, values) are handed over on the main one, since
 * object ids belong to one session.
 */
import type { Protocol } from 'devtools-protocol';
import { CdpError, ConnectionLostError, type CdpSession } from '../../cdp/cdpSession.ts';
import {
  agentFromAnyContext,
  agentSymbol,
  type AgentAnswer,
  type AgentCallName,
  type AgentCalls,
  type BackendComparisonRequest,
  type ComparedKernels,
  type RefusalCause,
} from '../../protocol/agent.ts';
import { TensorError, type ErrorReport } from '../../protocol/errors.ts';
import type { CopyBudget } from '../../protocol/tensor.ts';
import { evaluateOnFrame } from '../evaluate/evaluate.ts';
import { recorderInstallation } from '../watch/copies.ts';
import { Closures } from './closures.ts';
import { OtherContexts } from './otherContexts.ts';
import { elementsOf, internalOf } from './remoteObjects.ts';
import { reveal } from './reveal.ts';

/** The bundled agent, put in by the build. */
declare const AGENT_SOURCE: string;

export const agentExpression = `globalThis[Symbol.for(${JSON.stringify(agentSymbol)})]`;
/**
 * So that debuggers (this one too) can tell the agent's script from the program's. With a path: VS Code would take one without
 * for the workspace's folder.
 */
export const agentScriptUrl = 'tensor-debugger:///agent.js';
/** Dawn's words about a resource of another device. */
const foreignDevice = /is associated with (?<owner>\[Device[^\]]*\])/;
/** Its words about a buffer that nothing can be read of. */
const refusalCauses: [RefusalCause, RegExp][] = [
  ['destroyed', /^\[Buffer[^\]]*\] used in submit while destroyed/],
  ['invalid', /^\[Invalid Buffer[^\]]*\] is invalid/],
];

export class AgentLink {
  readonly #main: CdpSession;
  readonly #agent: CdpSession;
  readonly #budget: CopyBudget;
  #onMain: Promise<string> | null = null;
  #onAgent: Promise<string> | null = null;
  readonly #otherContexts: OtherContexts;
  readonly closures: Closures;
  /** Of the function that the program is stopped in. */
  callFrameId: string | undefined;

  constructor(main: CdpSession, agent: CdpSession, budget: CopyBudget) {
    this.#main = main;
    this.#agent = agent;
    this.#budget = budget;
    this.#otherContexts = new OtherContexts(main);
    this.closures = new Closures(agent, () => this.#agentObject());
  }

  async call<Name extends AgentCallName>(
    name: Name,
    args: AgentCalls[Name]['arguments'],
  ): Promise<AgentCalls[Name]['result']> {
    const objectId = await this.#agentObject();
    const values = [{ value: name }, { value: JSON.stringify(args) }];
    return this.#answered(() => this.#invoke(this.#agent, objectId, 'call', values));
  }

  /** Calls a method of the agent with objects of the main session; it answers as `call` does. */
  async handOver<Result>(
    method: 'list' | 'take' | 'takeGraph' | 'takeFeed',
    args: Protocol.Runtime.CallArgument[],
  ): Promise<Result> {
    const objectId = await this.#mainObject();
    const own = await this.#otherContexts.bringOver(objectId, args, 'throws');
    return this.#answered(() => this.#invoke(this.#main, objectId, method, own));
  }

  /** Calls a method of the agent from within a frame, with an expression of that frame as a function; it answers as `call` does. */
  async callInFrame(
    method: 'compareBackends',
    { callFrameId, expression, ...args }: { callFrameId: string } & BackendComparisonRequest,
  ): Promise<ComparedKernels> {
    await this.#agentObject();
    const json = JSON.stringify(JSON.stringify({ expression, ...args }));
    const call = `${agentFromAnyContext}.${method}(${json}, () => (${expression}\n))`;
    return this.#answered(async () => {
      const result = await evaluateOnFrame(this.#main, callFrameId, call, {
        throwOnSideEffect: false,
        shown: expression,
      });
      return result.value as string;
    });
  }

  /** Calls until the agent knows what it has to: hidden state may lie behind hidden state (the buffers of a backend). */
  async #answered<Result>(call: () => Promise<string>): Promise<Result> {
    for (;;) {
      const answer = JSON.parse(await call()) as AgentAnswer<Result>;
      if (!('hidden' in answer)) return this.#unwrap(answer);
      const { callFrameId } = this;
      const frame = callFrameId === undefined ? undefined : { main: this.#main, callFrameId };
      await reveal(this.#agent, await this.#agentObject(), frame);
    }
  }

  /** Calls a method of the agent that answers nothing; objects that can't be handed to it are null. */
  async tell(method: 'setStop' | 'findDevices' | 'findOwners', args: Protocol.Runtime.CallArgument[]): Promise<void> {
    const objectId = await this.#mainObject();
    await this.#invoke(this.#main, objectId, method, await this.#otherContexts.bringOver(objectId, args, 'null'));
  }

  /** What the devices said when they refused the last read: the messages of the GPUErrors that their error scopes caught. */
  async #refusals(): Promise<string[]> {
    const { result } = await this.#agent.send('Runtime.callFunctionOn', {
      objectId: await this.#agentObject(),
      functionDeclaration: 'function() { return this.failedScopes(); }',
    });
    if (!result.objectId) return [];
    const messages: string[] = [];
    for (const { objectId } of await elementsOf(this.#agent, result.objectId)) {
      const error = await internalOf(this.#agent, objectId, '[[PromiseResult]]');
      if (error === undefined) continue;
      const message = await this.#agent.send('Runtime.callFunctionOn', {
        objectId: error,
        functionDeclaration: 'function() { return String(this.message); }',
        returnByValue: true,
      });
      if (typeof message.result.value === 'string') messages.push(message.result.value.trim());
    }
    return messages;
  }

  /** What a device's refusal means, from its own words: the agent can't hear them while the program stands still. */
  async #refused(error: ErrorReport): Promise<TensorError> {
    const messages = await this.#refusals();
    const telling = messages.find((message) => !foreignDevice.test(message));
    if (telling !== undefined) return this.#told(error, telling);
    const owner = foreignDevice.exec(messages[0] ?? '')?.groups?.['owner'];
    if (owner === undefined) return new TensorError(error);
    const lost = await this.#cause('lost');
    return new TensorError(
      lost ?? {
        code: 'no-device',
        message: `The buffer belongs to ${owner}, which is in no variable of the stopped functions.`,
        help: 'Stop where that GPUDevice is in a variable of a function on the stack, or in one of its objects.',
      },
    );
  }

  async #told(error: ErrorReport, telling: string): Promise<TensorError> {
    const cause = refusalCauses.find(([, pattern]) => pattern.test(telling))?.[0];
    const meant = cause && (await this.#cause(cause));
    // Some lines are about the command of ours that was refused.
    const words = telling
      .split('\n')
      .filter((line) => !line.includes('tensor-debugger'))
      .join('\n');
    return new TensorError(meant ?? { ...error, message: `${error.message} It said: ${words}` });
  }

  async #cause(cause: RefusalCause): Promise<ErrorReport | null> {
    const json = await this.#invoke(this.#agent, await this.#agentObject(), 'refusedBecause', [{ value: cause }]);
    return JSON.parse(json) as ErrorReport | null;
  }

  /** The agent as an object of the main session. */
  agentOnMain(): Promise<string> {
    return this.#mainObject();
  }

  #agentObject(): Promise<string> {
    this.#onAgent ??= this.#inject();
    return this.#onAgent;
  }

  async #mainObject(): Promise<string> {
    await this.#agentObject();
    this.#onMain ??= this.#evaluate(this.#main, agentExpression);
    return this.#onMain;
  }

  async #inject(): Promise<string> {
    // Where nobody could record the program's copies from its start, that begins now.
    const recorder = recorderInstallation({ budget: this.#budget });
    const source = `${recorder}\n;${AGENT_SOURCE}\n;${agentExpression}\n//# sourceURL=${agentScriptUrl}`;
    return this.#evaluate(this.#agent, source);
  }

  async #evaluate(session: CdpSession, expression: string): Promise<string> {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression, silent: true });
    if (exceptionDetails || !result.objectId) throw agentFailed(exceptionDetails);
    return result.objectId;
  }

  async #invoke(
    session: CdpSession,
    objectId: string,
    method: string,
    args: Protocol.Runtime.CallArgument[],
  ): Promise<string> {
    const { result, exceptionDetails } = await sent(session, {
      objectId,
      functionDeclaration: `function(...args) { return this.enter(${JSON.stringify(method)}, args); }`,
      arguments: args,
      returnByValue: true,
      silent: true,
    });
    if (exceptionDetails) throw agentFailed(exceptionDetails);
    return result.value as string;
  }

  async #unwrap<Value>(answer: Exclude<AgentAnswer<Value>, { hidden: true }>): Promise<Value> {
    if (answer.ok) return answer.value;
    const { error } = answer;
    throw error.code === 'device-error' ? await this.#refused(error) : new TensorError(error);
  }
}

/** What a read fails with when its stop is over. */
export const ranOn: ErrorReport = {
  code: 'not-paused',
  message: 'The program ran on before this was read; what it stopped with is gone.',
  help: 'Read it again at the next stop.',
};

/** @throws TensorError `program-ended`, `not-paused`: what a lost connection and stale objects mean to a person */
async function sent(
  session: CdpSession,
  params: Protocol.Runtime.CallFunctionOnRequest,
): Promise<Protocol.Runtime.CallFunctionOnResponse> {
  try {
    return await session.send('Runtime.callFunctionOn', params);
  } catch (error) {
    if (error instanceof ConnectionLostError) {
      throw new TensorError(
        {
          code: 'program-ended',
          message: 'The program ended, or was killed, while it was being read.',
          help: 'Start it again, and read before the line that ends it.',
        },
        { cause: error },
      );
    }
    if (error instanceof CdpError && /Could not find object|Cannot find context/.test(error.message)) {
      throw new TensorError(ranOn, { cause: error });
    }
    throw error;
  }
}

function agentFailed(details?: Protocol.Runtime.ExceptionDetails): TensorError {
  const what = details?.exception?.description ?? details?.text ?? 'it gave no answer';
  return new TensorError({
    code: 'agent-failed',
    message: `The part of Tensor Debugger that runs in the program failed: ${what}`,
    help: 'The program itself is unharmed. Please report this with the message above.',
  });
}
