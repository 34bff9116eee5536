/**
 * The URLs of the scripts that a program stands in. V8 leaves them out of a stop's frames: it tells them of each script when it
 * is parsed, which only VS Code's JavaScript debugger has heard. The stack of an exception has them.
 */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';

export class ScriptUrls {
  readonly #main: CdpSession;
  /** By script id. */
  readonly #urls = new Map<string, string>();

  constructor(main: CdpSession) {
    this.#main = main;
  }

  /**
   * @param frame of the present stop
   * @returns undefined below the 200 innermost frames, which are as many as V8 tells
   */
  async of({ callFrameId, location }: Protocol.Debugger.CallFrame): Promise<string | undefined> {
    const known = this.#urls.get(location.scriptId);
    if (known !== undefined) return known;
    const { exceptionDetails } = await this.#main.send('Debugger.evaluateOnCallFrame', {
      callFrameId,
      // No object of the program's has a part in it, and nothing of it is kept.
      expression: 'throw 0',
      throwOnSideEffect: true,
      silent: true,
    });
    for (const { scriptId, url } of exceptionDetails?.stackTrace?.callFrames ?? []) this.#urls.set(scriptId, url);
    return this.#urls.get(location.scriptId);
  }
}
