/** At least one. */
type Choices = readonly [string, ...string[]];

export interface QuizQuestion {
  question: string;
  /** The first is right. */
  choices: readonly [string, string, string, string];
  explanation: string;
}

/**
 * What the text composer has to say in one language. `{topic}` is where the topic goes; `{person}`, `{place}`, `{moment}`
 * and `{object}` are filled from the lists of that name, `{Moment}` with a capital.
 */
export interface Phrases {
  /** The first line of every text: that no model wrote it. */
  rehearsal: string;
  /** The first words of every transcript: that nothing was listened to. */
  transcriptRehearsal: string;
  /** What to say for a topic that is empty. */
  aboutNothing: string;
  titles: Choices;
  subtitles: Choices;
  forewords: Choices;
  intros: Choices;
  leads: Choices;
  headings: Choices;
  ideas: Choices;
  examples: Choices;
  nuances: Choices;
  closings: Choices;
  conclusionHeading: string;
  people: Choices;
  places: Choices;
  moments: Choices;
  objects: Choices;
  headlines: Choices;
  pitches: Choices;
  callsToAction: Choices;
  /** Each names the topic; as many as there are networks, or more. */
  postOpenings: Choices;
  posts: Choices;
  questions: Choices;
  hashtags: Choices;
  scriptParts: readonly [string, string, string, string];
  shots: Choices;
  movements: Choices;
  emotions: Choices;
  taglines: Choices;
  sceneLabel: string;
  lesson: {
    titles: Choices;
    objective: string;
    objectivesHeading: string;
    pictureHeading: string;
    pictures: Choices;
    stepsHeading: string;
    mistakeHeading: string;
    mistakes: Choices;
    exerciseHeading: string;
    exercises: Choices;
  };
  quiz: readonly [QuizQuestion, ...QuizQuestion[]];
  pictureDescriptions: Choices;
  poemOpening: string;
  /** For each line of a haiku: of five, seven and five syllables. */
  haikuLines: readonly [Choices, Choices, Choices];
  /** Families of lines that rhyme, each of at least two; the first rhymes with the opening. */
  rhymes: readonly [Choices, Choices, ...Choices[]];
}
