declare module "@echogarden/espeak-ng-emscripten" {
  /** An event that falls into a piece of sound: positions are 1-based code points, times are milliseconds. */
  export interface SpeechEvent {
    type: string;
    text_position: number;
    word_length: number;
    audio_position: number;
  }
  export interface SpeechEngine {
    /** 0 where the voice exists. */
    set_voice(voice: string): number;
    /** Words a minute. */
    set_rate(rate: number): void;
    /** 0..100. */
    set_pitch(pitch: number): void;
    get_samplerate(): number;
    synthesize(text: string, onSound: (samples: Int16Array | null, events: SpeechEvent[]) => number): void;
  }
  export default function load(options: {
    print(line: string): void;
    printErr(line: string): void;
  }): Promise<{ eSpeakNGWorker: new () => SpeechEngine }>;
}
