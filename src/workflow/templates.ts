import type { Language, LocalText } from "../errors.ts";
import { stepSchema } from "./definition.ts";
import type { StepDraft, WorkflowDefinition } from "./definition.ts";
import audioMusique from "./templates/audio-musique.json" with { type: "json" };
import audiobook from "./templates/audiobook.json" with { type: "json" };
import campagneMarketing from "./templates/campagne-marketing.json" with { type: "json" };
import contenuEducatif from "./templates/contenu-educatif.json" with { type: "json" };
import creationContenu from "./templates/creation-contenu.json" with { type: "json" };
import ebook from "./templates/ebook.json" with { type: "json" };
import moduleFormation from "./templates/module-formation.json" with { type: "json" };
import packReseauxSociaux from "./templates/pack-reseaux-sociaux.json" with { type: "json" };
import podcast from "./templates/podcast.json" with { type: "json" };
import productionVideo from "./templates/production-video.json" with { type: "json" };
import videoCourte from "./templates/video-courte.json" with { type: "json" };
import videoRunway from "./templates/video-runway.json" with { type: "json" };

/** A workflow that ships with Relais, as its JSON file holds it: every text in every language. */
export interface WorkflowTemplate {
  id: string;
  name: LocalText;
  /** What one gets from it, in one line. */
  description: LocalText;
  steps: (Omit<StepDraft, "prompt"> & { prompt: LocalText })[];
}

/** A template in one language, with the defaults of its steps filled in. */
export interface LocalizedTemplate extends WorkflowDefinition {
  id: string;
  name: string;
  description: string;
}

/** In the order of the gallery. */
export const TEMPLATES: readonly WorkflowTemplate[] = [
  creationContenu,
  productionVideo,
  campagneMarketing,
  contenuEducatif,
  packReseauxSociaux,
  videoCourte,
  videoRunway,
  ebook,
  audioMusique,
  audiobook,
  podcast,
  moduleFormation,
];

export function findTemplate(id: string): WorkflowTemplate | undefined {
  return TEMPLATES.find((template) => template.id === id);
}

export function localizeTemplate(template: WorkflowTemplate, language: Language): LocalizedTemplate {
  return {
    id: template.id,
    name: template.name[language],
    description: template.description[language],
    steps: template.steps.map((step) => stepSchema.parse({ ...step, prompt: step.prompt[language] })),
    inputs: [],
  };
}
