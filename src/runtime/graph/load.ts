/**
 * Loads a graph from a converted TensorFlow model: `model.json` (a GraphDef in JSON and the list of the weights) and the
 * binary weights, as `tensorflowjs_converter` and TF.js write them. Whatever is wrong with the files is said here, with
 * its place, not in the middle of a run.
 */
import type { io } from '@tensorflow/tfjs-core';
import { InvalidModelError } from '../errors.ts';
import { checkNodes } from './checkNodes.ts';
import { Graph, type LoadedArtifacts } from './graph.ts';
import { dtypeOf, shapeOf, type GraphDef, type NodeDef } from './graphDef.ts';
import { bytesOf, joinBytes } from '../../tensor/bytes.ts';
import { unknownOpError, unknownOps } from './executor.ts';

/** The weights: one buffer, or the shards in the manifest's order. */
export type WeightBytes = ArrayBuffer | ArrayBufferView | readonly (ArrayBuffer | ArrayBufferView)[];
/** `model.json`: its text, its bytes, or the parsed object. */
export type ModelJson = string | ArrayBuffer | ArrayBufferView | object;

/**
 * A graph from the content of the files.
 * @throws InvalidModelError for files that are truncated, no GraphDef, inconsistent or cyclic
 * @throws NotFoundError for ops that TF.js doesn't have
 */
export function graphFromModel(json: ModelJson, weights: WeightBytes = new ArrayBuffer(0)): Graph {
  const model = parseModel(json);
  return graphFromArtifacts({ ...artifactsOf(model), weightData: joined(weights) });
}

/** A graph from what a `tf.io` handler loads. */
export function graphFromArtifacts(artifacts: io.ModelArtifacts): Graph {
  const topology = topologyOf(artifacts.modelTopology);
  const nodes = checkNodes(topology.node);
  const {
    weightSpecs = [],
    weightData = new ArrayBuffer(0),
    signature,
    modelInitializer,
    initializerSignature,
  } = artifacts;
  const loaded: LoadedArtifacts = {
    weightSpecs,
    weightData: Array.isArray(weightData) ? joined(weightData) : weightData,
    ...(topology.library && { library: topology.library }),
    ...(topology.versions && { versions: topology.versions }),
    // A signature renames inputs and outputs; only models with tables need it to find their resources.
    ...(modelInitializer && { signature, modelInitializer, initializerSignature }),
  };
  checkWeights(weightSpecs, (loaded.weightData as ArrayBuffer).byteLength, nodes);
  const graph = new Graph(loaded);
  const shapes = new Map(weightSpecs.map(({ name, shape }) => [name, shape]));
  for (const node of nodes) graph.addNodeDef(node, [outputOf(node, shapes.get(node.name))]);
  const [unknown] = unknownOps(graph);
  if (unknown) throw unknownOpError(...unknown);
  return graph;
}

/**
 * Loads a model by the path or address of its `model.json`, or through a `tf.io` handler.
 * @throws what `graphFromModel` throws, and InvalidModelError for a file that can't be read
 */
export async function loadGraph(source: string | URL | io.IOHandler): Promise<Graph> {
  if (typeof source === 'object' && 'load' in source) {
    if (!source.load) throw new InvalidModelError('The handler can save models, not load them.');
    return graphFromArtifacts(await source.load());
  }
  const address = source instanceof URL ? source.href : (source as string);
  const model = parseModel(await readBytes(address));
  const paths = manifestOf(model).flatMap((group) => group.paths ?? []);
  const shards = await Promise.all(paths.map((path) => readBytes(besides(address, path))));
  return graphFromModel(model, shards);
}

function besides(address: string, path: string): string {
  return address.replace(/[^/\\]*$/, '') + path;
}

async function readBytes(address: string): Promise<Uint8Array> {
  try {
    if (/^(https?|data|blob):/.test(address)) {
      const response = await fetch(address);
      if (!response.ok) throw new Error(`HTTP status ${response.status}`);
      return new Uint8Array(await response.arrayBuffer());
    }
    const { readFile } = await import('node:fs/promises');
    return await readFile(address.startsWith('file:') ? new URL(address) : address);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidModelError(`The model file ${address} can't be read: ${reason}`, undefined, { cause: error });
  }
}

interface ManifestGroup {
  paths?: string[];
  weights: io.WeightsManifestEntry[];
}
type ModelObject = Partial<Record<string, unknown>> & { weightsManifest?: ManifestGroup[] };

function joined(weights: WeightBytes): ArrayBuffer {
  return weights instanceof ArrayBuffer ? weights : joinBytes([weights].flat()).buffer;
}

const wanted =
  'A converted model is a model.json with `modelTopology` and `weightsManifest`; tensorflowjs_converter makes one.';

function parseModel(json: ModelJson): ModelObject {
  if (typeof json === 'object' && !(json instanceof ArrayBuffer) && !ArrayBuffer.isView(json)) return json;
  const text = typeof json === 'string' ? json : new TextDecoder().decode(bytesOf(json));
  if (text.trim() === '') throw new InvalidModelError('The model file is empty.', wanted);
  // A binary GraphDef begins with the tag of its first node.
  if (text.charCodeAt(0) === 0x0a && !text.trimStart().startsWith('{')) {
    throw new InvalidModelError(
      'The model file is binary, a GraphDef or SavedModel (.pb).',
      `Convert it first: tensorflowjs_converter. ${wanted}`,
    );
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const what = text.trimStart().startsWith('{') ? 'is truncated or damaged' : 'is not JSON';
    throw new InvalidModelError(`The model file ${what} (${text.length} characters): ${reason}.`, wanted, {
      cause: error,
    });
  }
  throw new InvalidModelError('The model file is JSON, but not an object.', wanted);
}

function manifestOf({ weightsManifest = [] }: ModelObject): ManifestGroup[] {
  const valid = Array.isArray(weightsManifest) && weightsManifest.every((group) => Array.isArray(group?.weights));
  if (!valid)
    throw new InvalidModelError('The model file has a `weightsManifest` that is no list of weight groups.', wanted);
  return weightsManifest;
}

function artifactsOf(model: ModelObject): io.ModelArtifacts {
  // A bare GraphDef is a model without weights of its own.
  const modelTopology = (model['modelTopology'] ?? ('node' in model ? model : undefined)) as object | undefined;
  const { signature, modelInitializer, initializerSignature, userDefinedMetadata } = model as Partial<io.ModelJSON>;
  return {
    modelTopology: modelTopology as object,
    weightSpecs: manifestOf(model).flatMap(({ weights }) => weights),
    ...(signature && { signature }),
    ...(modelInitializer && { modelInitializer }),
    ...(initializerSignature && { initializerSignature }),
    ...(userDefinedMetadata && { userDefinedMetadata }),
  };
}

function topologyOf(topology: unknown): GraphDef {
  if (typeof topology !== 'object' || topology === null) {
    throw new InvalidModelError('The model file has no `modelTopology`, so it holds no graph.', wanted);
  }
  if (topology instanceof ArrayBuffer) throw new InvalidModelError('The model topology is binary.', wanted);
  if ('model_config' in topology || 'layers' in topology || 'class_name' in topology) {
    throw new InvalidModelError(
      'The model file holds a Layers model (Keras), not a GraphDef.',
      'Load it with tf.loadLayersModel, or convert it with --output_format=tfjs_graph_model.',
    );
  }
  if (!Array.isArray((topology as GraphDef).node)) {
    throw new InvalidModelError('The model topology is not a GraphDef: it has no list `node`.', wanted);
  }
  return topology as GraphDef;
}

/** Bytes of a weight in the file; undefined for strings, whose size is in the data. */
function storedBytes({ shape, dtype, quantization }: io.WeightsManifestEntry): number | undefined {
  const size = shape.reduce((a, b) => a * b, 1);
  const stored: string = quantization?.dtype ?? dtype;
  const widths: Record<string, number> = {
    float32: 4,
    int32: 4,
    uint16: 2,
    float16: 2,
    uint8: 1,
    bool: 1,
    complex64: 8,
  };
  const width = widths[stored];
  return width === undefined ? undefined : size * width;
}

function checkWeights(specs: readonly io.WeightsManifestEntry[], byteLength: number, nodes: readonly NodeDef[]): void {
  const sizes = specs.map(storedBytes);
  const expected = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  if (byteLength < expected || (byteLength > expected && !sizes.includes(undefined))) {
    throw new InvalidModelError(
      `The weights are ${byteLength < expected ? 'truncated' : 'too long'}: ${byteLength} bytes, the model file lists ${expected}.`,
      'Copy all weight files (.bin) of the model, in the order of the manifest.',
    );
  }
  const listed = new Set(specs.map(({ name }) => name));
  const missing = nodes.filter(({ op, name }) => op === 'Const' && !listed.has(name)).map(({ name }) => name);
  if (missing.length > 0) {
    throw new InvalidModelError(
      `The model file lists no weights for ${missing.length} constants of its graph: ${missing.slice(0, 5).join(', ')}.`,
      'The model.json and the weights must come from the same conversion.',
    );
  }
}

/** What a file says of a node's first output. */
function outputOf({ op, attr = {} }: NodeDef, weightShape: number[] | undefined) {
  const type = attr['dtype'] ?? attr['DstT'] ?? attr['output_type'] ?? attr['out_type'] ?? attr['T'] ?? attr['Tparams'];
  const isTest = /^(Equal|NotEqual|Less|LessEqual|Greater|GreaterEqual|Logical.*|Is(Nan|Inf|Finite)|All|Any)$/.test(op);
  const inferred =
    attr['_output_shapes']?.list?.shape?.[0] ?? (op.startsWith('Placeholder') ? attr['shape']?.shape : undefined);
  return { dtype: isTest ? ('bool' as const) : dtypeOf(type?.type), shape: weightShape ?? shapeOf(inferred) };
}

/** Saves a graph as the files of a converted model, by any `tf.io` handler. */
export async function saveGraph(graph: Graph, handler: io.IOHandler): Promise<io.SaveResult> {
  if (!handler.save) throw new InvalidModelError('The handler can load models, not save them.');
  return handler.save(graph.toModelArtifacts());
}
