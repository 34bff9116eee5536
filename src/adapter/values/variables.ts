/** Scopes and variables: pages of what the protocol knows of an object, under references that last for one stop. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Protocol } from 'devtools-protocol';
import { ConnectionLostError, type CdpSession } from '../../cdp/cdpSession.ts';
import { sameNames, type NamesAt } from '../../inspector/names/originalNames.ts';
import { isIdentifier, memberPath } from '../../protocol/memberPath.ts';
import { errors } from '../errors.ts';
import type { Tensors } from '../tensors.ts';
import { failureText, TensorVariables } from './tensorVariables.ts';
import { typeName, valueText } from './valueText.ts';

type RemoteObject = Protocol.Runtime.RemoteObject;
type CallFrame = Protocol.Debugger.CallFrame;
/** A name with its value, or with the object whose getter would have to run for one. */
interface Property {
  name: string;
  value?: RemoteObject;
  getterOf?: string;
  /** The expression that gives the value; undefined if there is none. */
  path: string | undefined;
  hint?: DebugProtocol.VariablePresentationHint;
}

export type Page = { start: number; count: number };

/** What a reference stands for. */
export type Container =
  | { kind: 'scope'; frame: CallFrame; index: number }
  | { kind: 'object'; object: RemoteObject; path: string | undefined }
  | { kind: 'getter'; owner: string; name: string; path: string | undefined }
  | { kind: 'lazy'; children(page: Page | undefined, filter: string | undefined): Promise<DebugProtocol.Variable[]> };

const scopeNames: Record<Protocol.Debugger.Scope['type'], string> = {
  global: 'Global',
  local: 'Local',
  with: 'With',
  closure: 'Closure',
  catch: 'Catch',
  block: 'Block',
  script: 'Script',
  eval: 'Eval',
  module: 'Module',
  'wasm-expression-stack': 'Expression',
};

/** Above it an object's indices are asked for page by page instead of all at once. */
const pagedFrom = 100;

export class Variables {
  readonly #main: CdpSession;
  readonly #namesAt: NamesAt;
  readonly #warn: (message: string) => void;
  readonly tensors: TensorVariables;
  #containers = new Map<number, Container>();
  #nextReference = 1;

  constructor(
    main: CdpSession,
    { tensors, namesAt }: { tensors: Tensors; namesAt: NamesAt },
    warn: (message: string) => void,
  ) {
    this.#main = main;
    this.#namesAt = namesAt;
    this.#warn = warn;
    this.tensors = new TensorVariables(tensors, main, (container) => this.add(container));
  }

  /** References are never used twice in a session, so that those of an earlier stop are recognised. */
  forget(): void {
    this.#containers = new Map();
  }

  add(container: Container): number {
    this.#containers.set(this.#nextReference, container);
    return this.#nextReference++;
  }

  container(reference: number): Container {
    const container = this.#containers.get(reference);
    if (container) return container;
    if (reference > 0 && reference < this.#nextReference) throw errors.staleReference('variable');
    throw errors.unknownReference(
      'variable',
      reference,
      'References come with the answers of scopes, variables and evaluate.',
    );
  }

  scopes(frame: CallFrame): DebugProtocol.Scope[] {
    return frame.scopeChain.map((scope, index) => ({
      name: scopeNames[scope.type],
      variablesReference: this.add({ kind: 'scope', frame, index }),
      expensive: scope.type === 'global',
      ...(scope.type === 'local' && { presentationHint: 'locals' }),
    }));
  }

  async children(
    reference: number,
    page: Page | undefined,
    filter: string | undefined,
  ): Promise<DebugProtocol.Variable[]> {
    const container = this.container(reference);
    switch (container.kind) {
      case 'scope':
        return this.describeAll(await this.#scopeProperties(container.frame, container.index));
      case 'object': {
        const { object, path } = container;
        const properties = await this.#objectProperties(object, path, filter, page);
        return this.describeAll(properties);
      }
      case 'getter':
        return this.describeAll([await this.#callGetter(container.owner, container.name, container.path)]);
      case 'lazy':
        return container.children(page, filter);
    }
  }

  /** Describes values together, so that all tensors among them are read in one go. */
  async describeAll(properties: readonly Property[]): Promise<DebugProtocol.Variable[]> {
    const tensors = await this.#describeTensors(properties.map(({ value }) => value));
    return properties.map(({ name, value, getterOf, path, hint }, index) => ({
      ...(value ? (tensors[index] ?? this.plain(value, path)) : this.#getter(getterOf ?? '', name, path)),
      name,
      ...(path !== undefined && { evaluateName: path }),
      ...(hint && { presentationHint: hint }),
    }));
  }

  /** What fails about tensors must not take the plain variables with it. */
  async #describeTensors(
    values: (RemoteObject | undefined)[],
  ): Promise<(Omit<DebugProtocol.Variable, 'name'> | undefined)[]> {
    try {
      return await this.tensors.describe(values);
    } catch (error) {
      if (error instanceof ConnectionLostError) throw error;
      this.#warn(`Tensors could not be shown: ${failureText(error)}`);
      return [];
    }
  }

  async describe(name: string, value: RemoteObject, path: string | undefined): Promise<DebugProtocol.Variable> {
    const [variable] = await this.describeAll([{ name, value, path }]);
    return variable ?? { name, value: valueText(value), variablesReference: 0 };
  }

  /** A value without its name. */
  plain(value: RemoteObject, path: string | undefined): Omit<DebugProtocol.Variable, 'name'> {
    const isExpandable = value.objectId !== undefined && value.type !== 'symbol';
    const indexed = isExpandable ? lengthOf(value) : undefined;
    return {
      value: valueText(value),
      type: typeName(value),
      variablesReference: isExpandable ? this.add({ kind: 'object', object: value, path }) : 0,
      // The names besides the indices are not known yet; 1 makes clients ask for them.
      ...(indexed !== undefined && indexed > pagedFrom && { indexedVariables: indexed, namedVariables: 1 }),
    };
  }

  async #scopeProperties(frame: CallFrame, index: number): Promise<Property[]> {
    const scope = frame.scopeChain[index];
    if (!scope?.object.objectId) return [];
    const properties = await this.#properties(scope.object.objectId, '');
    const { original } = scope.type === 'global' ? sameNames : await this.#namesAt(frame);
    for (const property of properties) {
      property.name = original(property.name);
      property.path = pathOf('', property.name);
    }
    if (scope.type === 'local') {
      if (frame.returnValue) properties.unshift({ name: 'Return value', value: frame.returnValue, path: undefined });
      if (frame.this.type !== 'undefined') properties.push({ name: 'this', value: frame.this, path: 'this' });
    }
    return properties;
  }

  /** What V8 calls the variable of a scope that is shown under this name; undefined where the scope has none. */
  async generatedName(frame: CallFrame, index: number, name: string): Promise<string | undefined> {
    const { original } = await this.#namesAt(frame);
    const scopeId = frame.scopeChain[index]?.object.objectId;
    const properties = scopeId === undefined ? [] : await this.#properties(scopeId, '');
    return properties.find((property) => original(property.name) === name)?.name;
  }

  async #objectProperties(
    object: RemoteObject,
    path: string | undefined,
    filter: string | undefined,
    page: Page | undefined,
  ): Promise<Property[]> {
    const length = lengthOf(object) ?? 0;
    const id = object.objectId ?? '';
    if (length <= pagedFrom) {
      const all = await this.#properties(id, path);
      if (filter === undefined) return paged(all, page);
      return paged(
        all.filter(({ name }) => isIndex(name) === (filter === 'indexed')),
        page,
      );
    }
    if (filter === 'indexed') return this.#elements(id, path, page ?? { start: 0, count: length });
    const named = await this.#properties(id, path, true);
    if (filter === 'named') return paged(named, page);
    const elements = await this.#elements(id, path, page ?? { start: 0, count: length });
    return page ? elements : [...elements, ...named];
  }

  /** One page of an array, as an array of the same property descriptors: no getter of the program runs. */
  async #elements(objectId: string, path: string | undefined, { start, count }: Page): Promise<Property[]> {
    const { result } = await this.#main.send('Runtime.callFunctionOn', {
      objectId,
      functionDeclaration: `function (start, end) {
        const page = {};
        for (let index = start; index < end; index++) {
          const descriptor = Object.getOwnPropertyDescriptor(this, index);
          if (descriptor) Object.defineProperty(page, index, { ...descriptor, configurable: true });
        }
        return page;
      }`,
      arguments: [{ value: start }, { value: start + count }],
      silent: true,
    });
    const page = await this.#properties(result.objectId ?? '', path);
    return page.filter(({ name }) => isIndex(name));
  }

  async #properties(objectId: string, path: string | undefined, withoutIndices = false): Promise<Property[]> {
    const answer = await this.#main.send('Runtime.getProperties', {
      objectId,
      ownProperties: true,
      generatePreview: true,
      ...(withoutIndices && { nonIndexedPropertiesOnly: true }),
    });
    const properties: Property[] = [];
    for (const { name, value, get, enumerable, symbol } of answer.result) {
      const common = {
        name,
        path: symbol ? undefined : pathOf(path, name),
        ...(!enumerable && { hint: { visibility: 'internal' } }),
      };
      if (value) properties.push({ ...common, value });
      else if (get && get.type !== 'undefined')
        properties.push({ ...common, getterOf: objectId, hint: { lazy: true } });
    }
    for (const { name, value } of answer.privateProperties ?? []) {
      if (value) properties.push({ name, value, path: undefined, hint: { visibility: 'private' } });
    }
    for (const { name, value } of answer.internalProperties ?? []) {
      if (value) properties.push({ name, value, path: undefined, hint: { visibility: 'internal' } });
    }
    return properties;
  }

  /** Running a getter may change the program: it is done when somebody asks for the value. */
  #getter(owner: string, name: string, path: string | undefined): Omit<DebugProtocol.Variable, 'name'> {
    return { value: '(...)', variablesReference: this.add({ kind: 'getter', owner, name, path }) };
  }

  async #callGetter(owner: string, name: string, path: string | undefined): Promise<Property> {
    const { result, exceptionDetails } = await this.#main.send('Runtime.callFunctionOn', {
      objectId: owner,
      functionDeclaration: 'function (name) { return this[name]; }',
      arguments: [{ value: name }],
      generatePreview: true,
      silent: true,
    });
    if (exceptionDetails) throw errors.expressionThrew(`The getter ${name} threw ${result.description ?? 'an error'}`);
    return { name, value: result, path };
  }
}

/** The expression of a member; `''` stands for a scope. Undefined for what JavaScript can't write. */
function pathOf(owner: string | undefined, name: string): string | undefined {
  if (owner === undefined) return undefined;
  if (owner === '') return isIdentifier(name) ? name : undefined;
  return owner + memberPath(name);
}

/** `Array(3)`, `Float32Array(12)`, `Buffer(5)`: the description is the one place where the length stands. */
function lengthOf({ subtype, description }: RemoteObject): number | undefined {
  if (subtype !== 'array' && subtype !== 'typedarray') return undefined;
  const length = /\((\d+)\)$/.exec(description ?? '')?.[1];
  return length === undefined ? undefined : Number(length);
}

function paged<T>(items: T[], page: Page | undefined): T[] {
  return page && page.count > 0 ? items.slice(page.start, page.start + page.count) : items.slice(page?.start ?? 0);
}

function isIndex(name: string): boolean {
  return /^\d+$/.test(name);
}
