/** A WAV for tests: 16 bits, each channel by its own function of the time in seconds, values between -1 and 1. */
export function wavOf(
  seconds: number,
  { sampleRate = 44_100, channels }: { sampleRate?: number; channels: ((time: number) => number)[] },
): Buffer {
  const length = Math.round(seconds * sampleRate);
  const frameBytes = channels.length * 2;
  const bytes = Buffer.alloc(44 + length * frameBytes);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + length * frameBytes, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(channels.length, 22);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt32LE(sampleRate * frameBytes, 28);
  bytes.writeUInt16LE(frameBytes, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(length * frameBytes, 40);
  for (let index = 0; index < length; index += 1) {
    for (const [channel, sound] of channels.entries()) {
      const value = Math.max(-1, Math.min(1, sound(index / sampleRate)));
      bytes.writeInt16LE(Math.round(value * 32_767), 44 + index * frameBytes + channel * 2);
    }
  }
  return bytes;
}

/** A tone; `level` is its amplitude. */
export function tone(hertz: number, level = 0.3): (time: number) => number {
  return (time) => level * Math.sin(2 * Math.PI * hertz * time);
}

/** Like speech to a meter: bursts of a tone with harmonics, four a second, and pauses between them. */
export function babble(hertz: number, level = 0.3): (time: number) => number {
  return (time) => {
    const burst = Math.max(0, Math.sin(2 * Math.PI * 4 * time)) ** 0.5;
    const voice = [1, 2, 3, 5].reduce(
      (sum, part) => sum + Math.sin(2 * Math.PI * hertz * part * time) / part,
      0,
    );
    return level * burst * voice * 0.5;
  };
}
