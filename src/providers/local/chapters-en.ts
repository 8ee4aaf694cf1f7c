import type { ChapterPhrases } from "./chapter-phrases.ts";

/** Chapters in English, in the order of a book. */
export const CHAPTERS_EN: readonly [ChapterPhrases, ...ChapterPhrases[]] = [
  {
    title: "First Steps",
    summary: "Where to enter the subject, and why the smallest example is enough to begin.",
    opening:
      "Nobody enters “{topic}” by the main gate. We enter by a detail: a sentence overheard, an object left on a table, a child’s question that we cannot answer.",
    sections: [
      {
        heading: "A modest beginning",
        paragraphs: [
          "{Moment}, {person} asked me what I really knew about it. I began three sentences and finished none of them. That day I understood that one can talk about a thing for years without ever having looked at it.",
          "So I took a sheet of paper and drew a line down the middle. On the left went what I had seen with my own eyes; on the right, what I had been told. The right side overflowed. The left held two lines, and those two lines were the place to start.",
        ],
      },
      {
        heading: "Look before you judge",
        paragraphs: [
          "The first exercise is also the simplest: describe “{topic}” to someone who has never heard of it, without a single learned word. Wherever the sentence hesitates, there is something to learn.",
          "Do it again the next day, with another example. After a week the hesitations have moved. That is how progress shows: not in having no more questions, but in having different ones.",
        ],
      },
    ],
    closing: "A first step does not take us far. It does better: it shows where to put the second.",
  },
  {
    title: "The Words for It",
    summary: "The vocabulary that helps, and the vocabulary that hides.",
    opening:
      "Every trade has its words, and “{topic}” has its own. Some of them open doors; others mostly show that the speaker holds a key.",
    sections: [
      {
        heading: "Three words will do",
        paragraphs: [
          "Once, {place}, I watched a demonstration that used only three: before, during, after. The speaker put down {object}, changed one small thing about it, and asked what was different. Nobody took notes, and everybody understood.",
          "Definitions come later. They are easy to remember when they give a name to something we have already noticed, and hard when they come first.",
        ],
      },
      {
        heading: "Words that hide",
        paragraphs: [
          "There are also words so wide that they cover everything and light up nothing. They have one thing in common: you can replace them by their opposite, and the sentence still sounds reasonable.",
          "The cure is a question, asked without malice: “For example?” It brings the conversation back to earth. About “{topic}” it is often the most useful thing to ask, and the first that we forget.",
        ],
      },
    ],
    closing: "The right word does not replace experience, but it lets us share it.",
  },
  {
    title: "Hand and Method",
    summary: "Practice, its trials and notebooks, and what is learned by doing it again.",
    opening:
      "There comes a moment to try. Books describe “{topic}” from the outside; the hand finds out what the books forgot to say.",
    sections: [
      {
        heading: "Try small",
        paragraphs: [
          "A good trial fits into an hour, costs little, and can be told in three sentences: what we thought, what we did, what happened. If it takes more, two things were changed at once.",
          "I knew {person} who kept a gray notebook for this. One page for each trial, the date at the top, nothing crossed out. Failures took as much room as successes, and they were the pages that everyone came back to.",
        ],
      },
      {
        heading: "Begin again, better",
        paragraphs: [
          "Method is not a set of rules; it is the habit of going back without getting angry. Take up yesterday’s trial, change one thing, compare. Progress is slow, but none of it is lost.",
          "Around the tenth trial something happens: the hand becomes sure enough for attention to be free. We stop thinking about what we do and begin to see what takes place.",
        ],
      },
    ],
    closing: "Method, in the end, is a courtesy to the person we shall be tomorrow.",
  },
  {
    title: "Places and Hours",
    summary: "Where and when the subject lets itself be seen.",
    opening:
      "“{topic}” does not have the same face in the morning and at night, nor the same one by a roadside and behind a pane of glass. Understanding needs places, and places need their hours.",
    sections: [
      {
        heading: "A weekday morning",
        paragraphs: [
          "We had come early, {place}, before anyone else. The light fell from the side. On a table lay {object}, and somebody had left a cup half full, as if last night’s conversation were about to go on.",
          "There is much to learn from watching a place get ready. Movements are precise and words are few. Everyone knows where to stand, and what looked like chance turns out to be habit.",
        ],
      },
      {
        heading: "Coming back at another hour",
        paragraphs: [
          "Six hours later the same place tells another story. The noise has changed, and so have the faces. What seemed essential in the morning has stepped back; a detail that nobody noticed now draws every eye.",
          "Neither visit tells the truth about “{topic}” on its own. What teaches is the distance between them, as with two photographs taken from the same balcony in different seasons.",
        ],
      },
    ],
    closing: "Whoever comes once brings back a memory. Whoever returns brings back a question.",
  },
  {
    title: "What Resists",
    summary: "Common mistakes, real obstacles, and what they teach.",
    opening:
      "It would be convenient if everything went well. With “{topic}” there is always a moment when something jams, and it is rarely where we expected it.",
    sections: [
      {
        heading: "A useful mistake",
        paragraphs: [
          "The most common one is haste. We skip a step that looked obvious, and then spend three days wondering why the result looks like nothing at all. The step we skipped was the only one that mattered.",
          "Another mistake is quieter: to believe that we have understood because it worked once. A single success proves little. It is an invitation to check, in another place and with other hands.",
        ],
      },
      {
        heading: "When to give up",
        paragraphs: [
          "Sometimes the obstacle is stronger. {Moment}, after a long silence, somebody closed the file and suggested a walk. We did not find the answer that day; we found a better question.",
          "Giving up is not failing, provided that we write down why. The most valuable note in the whole notebook simply says: “Not this way. Try from the other side.”",
        ],
      },
    ],
    closing: "What resists us tells us more than what gives way.",
  },
  {
    title: "In Company",
    summary: "What others change: sharing, teaching, disagreeing.",
    opening:
      "One can discover “{topic}” alone, but nobody gets far without others. They see what habit hides from us, and ask the questions that we avoided.",
    sections: [
      {
        heading: "The art of disagreeing",
        paragraphs: [
          "There were four of them around the table, with four opinions. Custom had it that each should first defend a neighbor’s. It seemed an odd exercise; an hour later two opinions had melted into one, and the other two had become clearer.",
          "A disagreement that is well kept is like a rope between two trees: it is because both sides resist that something can hang from it.",
        ],
      },
      {
        heading: "Passing it on",
        paragraphs: [
          "Whoever explains learns twice. To tell {person} about “{topic}”, I had to choose an order, examples, a beginning. Looking for a way to tell it, I saw what I had understood wrongly.",
          "And what we pass on is seldom what we think. Months later nobody mentioned the outline or the figures, only the way in which I had said, “I do not know yet.”",
        ],
      },
    ],
    closing: "An idea kept to oneself ages badly. An idea that is shared changes its face, and lasts.",
  },
  {
    title: "The Long Run",
    summary: "What time reveals, and why patience is a method.",
    opening:
      "What can be seen in a day is almost never what counts. “{topic}” is measured in seasons, sometimes in years, and asks for a patience that nothing encourages.",
    sections: [
      {
        heading: "Holding a thread",
        paragraphs: [
          "The hard part is not to begin, nor even to go on: it is to go on when nothing moves. The days look alike and the notes repeat themselves. Then we read the whole again, and see that the slope was there from the start.",
          "An old ledger, found {place}, shows it well. One line every evening. For eleven years hardly anything changes. In the twelfth everything becomes clear, and the explanation was already on the first page.",
        ],
      },
      {
        heading: "What remains",
        paragraphs: [
          "In time, certainties wear out and good questions stay. We keep two or three movements of the hand, a way of looking, a few names to whom we owe a great deal.",
          "It is little, and it is solid. We could lose every notebook and take up “{topic}” from the beginning: we would be faster, not because we know more, but because we know where to look.",
        ],
      },
    ],
    closing: "Patience is not the art of waiting, but of staying attentive while we wait.",
  },
  {
    title: "And Now",
    summary: "What the reader can do tomorrow with what is in the book.",
    opening:
      "A book is worth what it makes us do. It is time to close this one and open the window: “{topic}” is waiting outside, and it is far larger than these pages.",
    sections: [
      {
        heading: "A reasonable promise",
        paragraphs: [
          "Choose an hour in the week, always the same, and keep it for a month. Do not try to cover everything. Take one example, only one, and follow it until it surprises you.",
          "Tell someone who knows nothing about it. Show them {object}, describe your latest trial, let them interrupt. If the conversation lasts longer than planned, you are on the right path.",
        ],
      },
      {
        heading: "The rest is yours",
        paragraphs: [
          "You will find mistakes in these chapters; write them down, they belong to you. You will also find passages that are too short: that is where your own book begins.",
          "And if {person} should ask you one morning what you really know about “{topic}”, you will be able to answer in one sentence. Take your time in choosing it.",
        ],
      },
    ],
    closing: "The rest has not been written, and that is good news.",
  },
];
