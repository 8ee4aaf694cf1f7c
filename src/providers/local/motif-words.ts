import { plainWordsOf } from "./language.ts";
import { PALETTES, type Palette } from "./palettes.ts";
import { pick, type Random } from "./seeded-random.ts";

export const MOTIFS = [
  "sea",
  "city",
  "forest",
  "mountains",
  "space",
  "robot",
  "network",
  "food",
  "books",
  "business",
  "garden",
  "coffee",
  "waves",
] as const;
export type Motif = (typeof MOTIFS)[number];

/** French and English words without accents; a final `*` stands for any ending. */
const MOTIF_WORDS: [Motif, string][] = [
  ["coffee", "cafe cafes coffee* espresso* cappuccino* latte lattes barista* torrefact*"],
  [
    "garden",
    "abeille* bee bees beekeep* ruche* hive hives beehive* miel honey* apicult* pollinis* pollinat* pollen papillon* butterfl* insecte* insect insects jardin* garden* potager* fleur* flower* floral* rose roses tulipe* tulip* bouquet* botani* nature plante* plant plants prairie* meadow* biodiversit* permacultur* printemps springtime",
  ],
  [
    "network",
    "blockchain* bitcoin* crypto* reseau* network* web3 ethereum nft internet cyber* cloud peer token* donnee* data database*",
  ],
  [
    "robot",
    "ia ai robot* artificiel* artificial machine* automatis* automation chatbot* algorithm* neuron* neural gpt",
  ],
  [
    "food",
    "cuisine* cook* recette* recipe* food nourriture aliment* gastronom* repas meal meals restaurant* legume* vegetable* fruit* soupe* soup soups salade* salad salads",
  ],
  [
    "books",
    "livre* book books ecole* school* education* educati* apprendre learning lesson* lecon* enseign* teach* histoire* history lecture* reading roman romans novel novels biblioth* librar* pedagog* science* math maths mathemati* philosoph* litterature literature langue langues language languages grammaire grammar",
  ],
  [
    "business",
    "entreprise* business startup* marketing vente ventes sales finance* argent money bourse stocks economi* economy croissance growth strateg* client* customer* budget* productivit* investi* invest* career* management commerc* entrepreneur*",
  ],
  [
    "space",
    "espace space spatial* astronaut* planete* planet planets etoile* star stars galaxie* galaxy galaxies univers universe lune moon mars fusee* rocket* astrono* astrophys* cosmos cosmique* cosmic satellite*",
  ],
  [
    "sea",
    "mer mers sea seas ocean* phare phares lighthouse* bateau* boat* voilier* sailing plage* beach* ile iles island* vague vagues marin marins maritime* poisson* fish fishing bretagne brittany breton*",
  ],
  [
    "city",
    "ville* city cities rue rues street* paris tokyo londres london york urbain* urban immeuble* building* architect* metro capitale* quartier* skyline voiture* cars velo velos logement* housing",
  ],
  [
    "forest",
    "foret* forest* bois woods arbre* tree trees oiseau* bird birds animal animaux animals ecolog* champignon* mushroom* loup loups wolf wolves",
  ],
  [
    "mountains",
    "montagne* mountain* randonnee* hike hikes hiking trek* alpes alps pyrenees sommet* summit* neige snow ski glacier* volcan* climat* climate voyage* travel* desert deserts camping",
  ],
];

const PALETTE_WORDS: [string, string][] = [
  ["night", "nuit* night* etoile* star stars espace space lune moon galax* univers universe"],
  ["dawn", "aube dawn matin morning coucher sunset sunrise soir evening romance amour love"],
  ["leaf", "foret* forest* jardin* garden* nature ecolog* plante* plant plants vert green"],
  ["ember", "feu fire volcan* desert* automne autumn guerre war passion rouge red"],
  ["mist", "brume fog hiver winter neige snow glacier* ski"],
  ["lagoon", "plage* beach* ile iles island* tropi* ete summer vacance* holiday*"],
  ["day", "jour day ciel sky vent wind climat* climate"],
];

/** How often each motif's palettes suit it, where no word of the text asks for one. */
const SUITING: Partial<Record<Motif, [string, ...string[]]>> = {
  network: ["night", "violet", "lagoon"],
  robot: ["violet", "lagoon", "night", "dawn"],
  space: ["night", "violet", "ember"],
  food: ["ember", "leaf", "day", "dawn"],
  books: ["dawn", "leaf", "violet", "mist"],
  business: ["lagoon", "night", "violet", "day"],
  forest: ["leaf", "dawn", "mist", "lagoon"],
  mountains: ["day", "dawn", "mist", "lagoon", "violet"],
  city: ["dawn", "night", "day", "violet", "lagoon", "ember"],
  garden: ["leaf", "day", "lagoon", "dawn"],
  coffee: ["ember", "dawn", "mist", "leaf"],
  waves: ["lagoon", "violet", "dawn", "day", "leaf", "ember"],
};

/** A text of more words is a whole page, in which one word alone says nothing of its subject. */
const MAX_TITLE_WORDS = 14;

/**
 * What to draw for a topic, by its own words alone: what a prompt says about style and manner is no subject. `waves`,
 * which suits any subject, where no word is known.
 */
export function motifOf(topic: string): Motif {
  // French « j’ai » is no artificial intelligence.
  const text = topic.replace(/\bj['’]ai\b/giu, " ");
  const isTitle = plainWordsOf(text).length <= MAX_TITLE_WORDS;
  return bestMatch(MOTIF_WORDS, text, isTitle ? 1 : 2) ?? "waves";
}

export function paletteOf(motif: Motif, random: Random, text: string): Palette {
  const suiting = SUITING[motif];
  const name = bestMatch(PALETTE_WORDS, text) ?? (suiting === undefined ? null : pick(random, suiting));
  return PALETTES.find((candidate) => candidate.name === name) ?? pick(random, PALETTES);
}

/** The entry of which most words occur; of equals the one that comes first in the list. */
function bestMatch<Name>(entries: [Name, string][], text: string, fewest = 1): Name | null {
  const words = plainWordsOf(text);
  let best: { name: Name; score: number } | null = null;
  for (const [name, list] of entries) {
    const patterns = list.split(" ");
    const exact = new Set(patterns.filter((pattern) => !pattern.endsWith("*")));
    const stems = patterns.filter((pattern) => pattern.endsWith("*")).map((pattern) => pattern.slice(0, -1));
    const score = words.filter(
      (word) => exact.has(word) || stems.some((stem) => word.startsWith(stem)),
    ).length;
    if (score >= fewest && score > (best?.score ?? 0)) best = { name, score };
  }
  return best?.name ?? null;
}
