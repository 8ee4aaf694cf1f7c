import type { Dialogue } from "./phrases.ts";

/** An English conversation about the topic, between somebody who asks and somebody who knows. */
export const DIALOGUE_EN: Dialogue = {
  host: {
    names: ["Daniel", "James", "Oliver", "Michael"],
    openings: [
      "Hello, everyone, and welcome to this episode about “{topic}”. I am not alone today: with me is somebody who has followed the subject for a long time. Hello, and thank you for being here!",
      "Hello and welcome! Today we talk about something that many people think they know: “{topic}”. My guest has been looking at it closely. Good to have you here!",
    ],
    lines: [
      "Let us start at the beginning. If somebody has never heard of “{topic}”, what would you tell them first?",
      "People often say that all of this is for specialists only. Is that really so?",
      "Could you give us an example, something that everybody can picture?",
      "And what is the mistake that you see most often?",
      "Let me play devil’s advocate: is it not simply a fashion?",
      "What has changed most in the last few years, in your view?",
      "What would you advise somebody who wants to begin tomorrow?",
    ],
    endings: [
      "We are coming to the end of this episode. Thank you all for listening, and see you soon. I leave the last word to my guest.",
      "Time flies! Thank you for sharing all of this with us, and thank you all for listening. One last word before we say goodbye?",
    ],
  },
  guest: {
    names: ["Emma", "Alice", "Sophie", "Claire"],
    openings: [
      "Hello! Thank you for having me. “{topic}” is with me every day, and I always enjoy talking about it in plain words.",
      "Hello, and thank you for the invitation. We hear a lot about “{topic}”, but we rarely take the time to stop and look: I am glad that we do.",
    ],
    lines: [
      "I would say: start by looking around you. Before the big ideas there are very simple gestures, and that is where one understands best.",
      "Not at all. A little curiosity is enough. Knowledge comes later, one question after the other.",
      "Take {person}, {place}. You try an idea, you note what works, and you start again. It is as practical as that.",
      "Wanting to go too fast! We look for the perfect answer, when a first attempt, however clumsy, teaches us far more.",
      "A fashion passes; what is useful stays. I think that time will tell the difference, and I prefer to keep my eyes open.",
      "The way people look at it, without a doubt. They are no longer afraid to ask questions, and that changes everything.",
      "Choose one single thing, the smallest you can find, and really do it. The rest will follow by itself, you will see.",
    ],
    endings: [
      "If you keep only one idea, let it be this: “{topic}” is not a matter for specialists, it is a matter of attention. Thank you!",
      "I would simply say: stay curious. It is still the best way forward. Thank you for having me!",
    ],
  },
};
