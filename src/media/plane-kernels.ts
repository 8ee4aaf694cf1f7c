/**
 * The inner loops of drawing films, in WebAssembly with SIMD: sixteen bytes of a plane at a time, which is what lets drawing
 * hide behind encoding. They are put together here from instructions (WebAssembly Core Specification 2.0, section 5.4),
 * written as expressions: `add16(x, y)` is the code that leaves the sum of what `x` and `y` leave.
 *
 * Weights are 7 bits, 0..128, so that a byte times a weight fits in 16 bits.
 */
export interface PlaneKernels {
  memory: WebAssembly.Memory;
  /** `to[n] = a[n] * (128 - weight) / 128 + b[n] * weight / 128`, for `count` bytes rounded up to sixteen. */
  mix(to: number, a: number, b: number, count: number, weight: number): void;
  /** Eight bytes of `to` for each entry of a table (`STRETCH_ENTRY_BYTES` each) that says between which bytes of `from` they lie. */
  stretch(to: number, from: number, table: number, entries: number): void;
  /** `to[n] = over[n] + to[n] * rest[n] / 128`, for `count` bytes rounded up to sixteen. */
  blend(to: number, over: number, rest: number, count: number): void;
}

/**
 * An entry of the table of `stretch`: an i32 that says where in `from` to begin, twelve bytes unused; for each of eight
 * values the index of its left neighbour as an i16 whose upper byte picks nothing; the same for the right one; and the
 * weight of the right one as an i16.
 */
export const STRETCH_ENTRY_BYTES = 64;

type Code = number[];

const I32 = 0x7f;
const V128 = 0x7b;

/** A whole number as LEB128, signed. */
function leb(value: number): Code {
  const bytes: Code = [];
  for (let rest = value; ; rest >>= 7) {
    const low = rest & 0x7f;
    const isLast = (rest >> 7 === 0 && (low & 0x40) === 0) || (rest >> 7 === -1 && (low & 0x40) !== 0);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

/** The same, unsigned. */
function count(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...count(value >>> 7)];
}

const get = (local: number): Code => [0x20, ...count(local)];
const set = (local: number, value: Code): Code => [...value, 0x21, ...count(local)];
const constant = (value: number): Code => [0x41, ...leb(value)];
const addI32 = (a: Code, b: Code): Code => [...a, ...b, 0x6a];
const subtractI32 = (a: Code, b: Code): Code => [...a, ...b, 0x6b];
const loadI32 = (at: Code): Code => [...at, 0x28, 2, 0];
const advance = (local: number, by: number): Code => set(local, addI32(get(local), constant(by)));

const simd = (opcode: number): Code => [0xfd, ...count(opcode)];
/** Sixteen bytes from an address and an offset; nothing need be aligned. */
const load = (at: Code, offset = 0): Code => [...at, ...simd(0), 0, ...count(offset)];
const store = (at: Code, value: Code): Code => [...at, ...value, ...simd(11), 0, 0];
const storeLow8 = (at: Code, value: Code): Code => [...at, ...value, ...simd(0x5b), 0, 0, 0];
const splat8 = (value: Code): Code => [...value, ...simd(0x0f)];
const splat16 = (value: Code): Code => [...value, ...simd(0x10)];
const pick8 = (from: Code, indices: Code): Code => [...from, ...indices, ...simd(0x0e)];
const addSaturated8 = (a: Code, b: Code): Code => [...a, ...b, ...simd(0x70)];
/** Two vectors of i16, made bytes between 0 and 255. */
const narrow = (low: Code, high: Code): Code => [...low, ...high, ...simd(0x66)];
const add16 = (a: Code, b: Code): Code => [...a, ...b, ...simd(0x8e)];
const subtract16 = (a: Code, b: Code): Code => [...a, ...b, ...simd(0x91)];
const multiply16 = (a: Code, b: Code): Code => [...a, ...b, ...simd(0x95)];
/** Products of unsigned bytes: of the first eight, of the last eight. */
const productsLow = (a: Code, b: Code): Code => [...a, ...b, ...simd(0x9e)];
const productsHigh = (a: Code, b: Code): Code => [...a, ...b, ...simd(0x9f)];
const HALF = splat16(constant(64));
/** Divides i16s by 128, rounding; signed and unsigned. */
const divided = (value: Code): Code => [...add16(value, HALF), ...constant(7), ...simd(0x8c)];
const dividedUnsigned = (value: Code): Code => [...add16(value, HALF), ...constant(7), ...simd(0x8d)];

/** Repeats while the local, lowered by `step` each time, is above zero. */
function whileAboveZero(local: number, step: number, body: Code): Code {
  const lower = set(local, subtractI32(get(local), constant(step)));
  const isAboveZero = [...get(local), ...constant(0), 0x4a];
  return [0x03, 0x40, ...body, ...lower, ...isAboveZero, 0x0d, 0, 0x0b];
}

interface Kernel {
  name: string;
  parameters: number;
  /** Locals that hold sixteen bytes, numbered on from the parameters. */
  vectors: number;
  body: Code;
}

function mixKernel(): Kernel {
  const [to, a, b, left, weight, weightA, weightB, bytesA, bytesB] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
  const sum = (products: typeof productsLow): Code =>
    dividedUnsigned(add16(products(get(bytesA), get(weightA)), products(get(bytesB), get(weightB))));
  const body = [
    ...set(weightA, splat8(subtractI32(constant(128), get(weight)))),
    ...set(weightB, splat8(get(weight))),
    ...whileAboveZero(left, 16, [
      ...set(bytesA, load(get(a))),
      ...set(bytesB, load(get(b))),
      ...store(get(to), narrow(sum(productsLow), sum(productsHigh))),
      ...[to, a, b].flatMap((pointer) => advance(pointer, 16)),
    ]),
  ];
  return { name: "mix", parameters: 5, vectors: 4, body };
}

function stretchKernel(): Kernel {
  const [to, from, table, left, bytes, leftNeighbours, value] = [0, 1, 2, 3, 4, 5, 6] as const;
  const difference = subtract16(pick8(get(bytes), load(get(table), 32)), get(leftNeighbours));
  const body = whileAboveZero(left, 1, [
    ...set(bytes, load(addI32(get(from), loadI32(get(table))))),
    ...set(leftNeighbours, pick8(get(bytes), load(get(table), 16))),
    ...set(value, add16(get(leftNeighbours), divided(multiply16(difference, load(get(table), 48))))),
    ...storeLow8(get(to), narrow(get(value), get(value))),
    ...advance(to, 8),
    ...advance(table, STRETCH_ENTRY_BYTES),
  ]);
  return { name: "stretch", parameters: 4, vectors: 3, body };
}

function blendKernel(): Kernel {
  const [to, over, rest, left, bytes, rests] = [0, 1, 2, 3, 4, 5] as const;
  const kept = (products: typeof productsLow): Code => dividedUnsigned(products(get(bytes), get(rests)));
  const body = whileAboveZero(left, 16, [
    ...set(bytes, load(get(to))),
    ...set(rests, load(get(rest))),
    ...store(get(to), addSaturated8(load(get(over)), narrow(kept(productsLow), kept(productsHigh)))),
    ...[to, over, rest].flatMap((pointer) => advance(pointer, 16)),
  ]);
  return { name: "blend", parameters: 4, vectors: 2, body };
}

const sized = (content: Code): Code => [...count(content.length), ...content];
const listed = (items: Code[]): Code => [...count(items.length), ...items.flat()];
const named = (name: string): Code => sized([...new TextEncoder().encode(name)]);
const section = (id: number, items: Code[]): Code => [id, ...sized(listed(items))];

function moduleOf(kernels: Kernel[]): Uint8Array<ArrayBuffer> {
  const types = kernels.map(({ parameters }) => [
    0x60,
    ...listed(Array.from({ length: parameters }, () => [I32])),
    0,
  ]);
  const code = kernels.map(({ vectors, body }) => sized([1, ...count(vectors), V128, ...body, 0x0b]));
  return new Uint8Array([
    0x00,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, types),
    ...section(2, [[...named("host"), ...named("memory"), 2, 0, 1]]),
    ...section(
      3,
      kernels.map((_, index) => count(index)),
    ),
    ...section(
      7,
      kernels.map(({ name }, index) => [...named(name), 0, ...count(index)]),
    ),
    ...section(10, code),
  ]);
}

/** @param bytes how much memory the kernels work on. */
export function createPlaneKernels(bytes: number): PlaneKernels {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65_536) });
  const module = new WebAssembly.Module(moduleOf([mixKernel(), stretchKernel(), blendKernel()]));
  const { exports } = new WebAssembly.Instance(module, { host: { memory } });
  if (!areKernels(exports)) throw new Error("the module exports something else than its kernels");
  return { memory, ...exports };
}

function areKernels(exports: object): exports is Omit<PlaneKernels, "memory"> {
  return ["mix", "stretch", "blend"].every((name) => typeof Reflect.get(exports, name) === "function");
}
