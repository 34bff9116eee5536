/** What the agent uses of the debuggee beyond the language itself. Nothing else of Node or of a browser is visible here. */

interface NodeImmediate {
  _onImmediate: ((...args: unknown[]) => void) | null;
  _idleNext: NodeImmediate | null;
  _destroyed: boolean;
}

interface NodeUtil {
  inspect(
    value: unknown,
    options?: { depth?: number; customInspect?: boolean; breakLength?: number; compact?: boolean },
  ): string;
  types: {
    isProxy(value: unknown): boolean;
    isModuleNamespaceObject(value: unknown): boolean;
    isPromise(value: unknown): boolean;
    isNativeError(value: unknown): value is Error;
    isMap(value: unknown): boolean;
    isWeakMap(value: unknown): boolean;
    isSet(value: unknown): boolean;
    isAnyArrayBuffer(value: unknown): boolean;
  };
}

interface NodeFileSystem {
  openSync(path: string, flags: string): number;
  readSync(file: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  writeSync(file: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  closeSync(file: number): void;
  readFileSync(path: string, encoding: 'utf8'): string;
}

interface NodeBuffer {
  constants: { MAX_LENGTH: number };
  Buffer: { from(memory: ArrayBufferLike, offset: number, length: number): { toString(encoding: 'base64'): string } };
}

interface NodeOs {
  freemem(): number;
}

declare const process:
  | {
      getBuiltinModule?: {
        (name: 'util'): NodeUtil;
        (name: 'fs'): NodeFileSystem;
        (name: 'os'): NodeOs;
        (name: 'timers'): {
          setImmediate(callback: (...args: unknown[]) => void): unknown;
          setTimeout(callback: () => void, ms: number): unknown;
        };
        (name: 'buffer'): NodeBuffer;
        (name: 'module'): object;
        (name: 'vm'): { runInNewContext(source: string, globals: object): unknown };
        (name: 'v8'): {
          promiseHooks: {
            createHook(hooks: { init(promise: object): void; settled(promise: object): void }): () => void;
          };
        };
      };
      availableMemory?: () => number;
    }
  | undefined;

declare const performance: { now(): number };

declare function setImmediate(callback: (...args: unknown[]) => void, ...args: unknown[]): unknown;

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean });
  decode(bytes: Uint8Array): string;
}

declare function btoa(binary: string): string;
declare function atob(base64: string): string;
