/** What a stop at breakpoints comes to: conditions that V8 has not checked, hit counts and log messages. */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { asEvaluation } from '../../protocol/evaluation.ts';
import { shortPath } from '../program/paths.ts';
import type { Scripts } from '../program/scripts.ts';
import { exceptionText } from '../values/valueText.ts';
import type { Breakpoints } from './breakpoints.ts';
import { logText } from './logMessage.ts';
import { failureInWords, type SourceBreakpoint } from './sourceBreakpoint.ts';

export interface BreakpointHitsOptions {
  main: CdpSession;
  scripts: Scripts;
  breakpoints: Breakpoints;
  /** What paths in messages are relative to. */
  folder: string;
  output(text: string, frame?: Protocol.Debugger.CallFrame): void;
}

export class BreakpointHits {
  readonly #options: BreakpointHitsOptions;

  constructor(options: BreakpointHitsOptions) {
    this.#options = options;
  }

  /** How many breakpoints are hit, and those of them that the program is to stop for. */
  async at(
    cdpIds: readonly string[],
    frame: Protocol.Debugger.CallFrame,
  ): Promise<{ hits: number; stopping: SourceBreakpoint[] }> {
    const { named, here } = this.#options.breakpoints.hitBy(cdpIds, frame.location);
    const conditionsMet = await Promise.all(here.map((breakpoint) => this.#isConditionMet(breakpoint, frame)));
    // V8 has checked the conditions of those that it names.
    const hits = [...named, ...here.filter((_, index) => conditionsMet[index])];
    const stopping: SourceBreakpoint[] = [];
    for (const breakpoint of hits) {
      if (breakpoint.hit && !breakpoint.hit.pass()) continue;
      if (breakpoint.logMessage === undefined) stopping.push(breakpoint);
      else {
        const text = await logText(breakpoint.logMessage, (expression) => this.#evaluate(expression, frame));
        this.#options.output(text, frame);
      }
    }
    return { hits: hits.length, stopping };
  }

  /** V8 tells, once per breakpoint, of a condition that has thrown, with the stack at which it was asked. */
  conditionThrew({ stackTrace, exception, text }: Protocol.Runtime.ExceptionDetails): void {
    const breakpoint = this.#options.breakpoints.conditionalAt(stackTrace?.callFrames ?? []);
    if (breakpoint) this.#failed(breakpoint, exception ? exceptionText(exception) : text);
  }

  #failed(breakpoint: SourceBreakpoint, error: string): void {
    if (!this.#options.breakpoints.failed(breakpoint, error)) return;
    const { path, line } = breakpoint;
    const place = `${shortPath(path, this.#options.folder)}:${line + 1}`;
    this.#options.output(`${place}: ${failureInWords(breakpoint)}\n`);
  }

  async #isConditionMet(breakpoint: SourceBreakpoint, frame: Protocol.Debugger.CallFrame): Promise<boolean> {
    const { condition } = breakpoint;
    if (condition === undefined) return true;
    const { result, exceptionDetails } = await this.#evaluate(`!!(${condition}\n)`, frame);
    if (exceptionDetails) this.#failed(breakpoint, exceptionText(result));
    return !exceptionDetails && result.value === true;
  }

  /** An expression of the person's at a stop that may yet be passed over. */
  async #evaluate(expression: string, { callFrameId, location }: Protocol.Debugger.CallFrame) {
    const { translate } = await this.#options.scripts.namesAt(location, this.#options.main);
    return this.#options.main.send('Debugger.evaluateOnCallFrame', {
      callFrameId,
      expression: asEvaluation(`(${translate(expression)}\n)`),
      silent: true,
    });
  }
}
