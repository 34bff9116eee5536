/**
 * When a promise of the program settles, without touching it: a reaction of ours (`then`) would count as somebody handling
 * its rejection. V8's promise hooks tell; they are on only while a copy is under way. Of a promise that is resolved with
 * another one they tell the moment when that one settles.
 */
export class Settlements {
  readonly #hooks = process?.getBuiltinModule?.('v8')?.promiseHooks;
  readonly #awaited = new WeakMap<object, () => void>();
  #next: (() => void) | undefined;
  #underWay = 0;
  #stop: (() => void) | undefined;

  /**
   * Waits for the promise that is created next: an asynchronous method that was just handed out creates, before anything
   * else, the promise that it answers.
   */
  awaitNext(onSettled: () => void): void {
    this.#next = onSettled;
    this.#stop ??= this.#hooks?.createHook({
      init: (promise) => this.#created(promise),
      settled: (promise) => this.#settled(promise),
    });
  }

  #created(promise: object): void {
    const next = this.#next;
    if (!next) return;
    this.#next = undefined;
    this.#underWay++;
    this.#awaited.set(promise, next);
  }

  #settled(promise: object): void {
    const onSettled = this.#awaited.get(promise);
    if (!onSettled) return;
    this.#awaited.delete(promise);
    onSettled();
    if (--this.#underWay > 0 || this.#next) return;
    this.#stop?.();
    this.#stop = undefined;
  }
}
