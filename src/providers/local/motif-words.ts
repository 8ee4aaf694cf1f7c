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
  "waves",
] as const;
export type Motif = (typeof MOTIFS)[number];

/** French and English words without accents; a final `*` stands for any ending. */
const MOTIF_WORDS: [Motif, string][] = [
  [
    "network",
    "blockchain* bitcoin* crypto* reseau* network* web3 ethereum nft internet cyber* cloud peer token*",
  ],
  [
    "robot",
    "ia ai robot* intelligence artificiel* artificial machine* automat* chatbot* algorithm* neuron* neural",
  ],
  [
    "food",
    "cuisine* cook* recette* recipe* food nourriture aliment* gastronom* chef* repas meal* dessert* gateau* cake* pain bread vin wine cafe coffee restaurant* legume* vegetable* fruit* soupe soup chocolat* chocolate* fromage* cheese",
  ],
  [
    "books",
    "livre* book* ecole* school* education* educati* apprendre learn* cours lesson* lecon* enseign* teach* histoire* history lecture* reading roman* novel* biblioth* librar* pedagog* science* math* philosoph* litterature literature langue* language* grammaire grammar",
  ],
  [
    "business",
    "entreprise* business startup* marketing vente* sale* finance* argent money bourse stock* economi* econom* croissance growth strateg* client* customer* marque* brand* budget* productivit* investi* invest* emploi career* management commerce",
  ],
  [
    "space",
    "espace space planete* planet* etoile* star* galaxie* galax* univers* universe lune moon mars fusee* rocket* astro* cosmo* satellite* donnee* data soleil solar",
  ],
  [
    "sea",
    "mer mers sea seas ocean* phare* lighthouse* bateau* boat* voile* sail* plage* beach* ile iles island* port vague* marin* maritime poisson* fish* bretagne brittany breton*",
  ],
  [
    "city",
    "ville* city cities rue* street* paris tokyo londres london york urbain* urban immeuble* building* architect* metro capitale* quartier* gratte skyline smart transport* voiture* car cars velo* logement* housing",
  ],
  [
    "forest",
    "foret* forest* bois wood* arbre* tree* jardin* garden* nature plante* plant* oiseau* bird* animal* animaux animals fleur* flower* ecolog* biodiversit* champignon* mushroom* loup* wolf",
  ],
  [
    "mountains",
    "montagne* mountain* randonnee* hik* trek* alpes alps pyrenees sommet* summit* neige snow ski glacier* volcan* volcano* climat* climate voyage* travel* desert* camping",
  ],
];

const PALETTE_WORDS: [string, string][] = [
  ["night", "nuit* night* etoile* star* espace space lune moon galax* univers*"],
  ["dawn", "aube dawn matin morning coucher sunset sunrise soir evening romance amour love"],
  ["leaf", "foret* forest* jardin* garden* nature ecolog* plante* plant* vert green"],
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
  waves: ["lagoon", "violet", "dawn", "day", "leaf", "ember"],
};

/**
 * What to draw, by the words of the topic; where none matches, by those of the prompt, of which one alone does not count
 * because prompts are full of words about style. `waves` where nothing matches.
 */
export function motifOf(topic: string, prompt: string): Motif {
  return bestMatch(MOTIF_WORDS, topic) ?? bestMatch(MOTIF_WORDS, prompt, topic === "" ? 1 : 2) ?? "waves";
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
