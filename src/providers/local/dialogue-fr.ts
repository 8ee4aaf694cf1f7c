import type { Dialogue } from "./phrases.ts";

/** A French conversation about the topic, between somebody who asks and somebody who knows. */
export const DIALOGUE_FR: Dialogue = {
  host: {
    names: ["Antoine", "Marc", "Julien", "Thomas"],
    openings: [
      "Bonjour à toutes et à tous, et bienvenue dans cet épisode consacré à « {topic} ». Je ne suis pas seul au micro : j’ai avec moi quelqu’un qui suit ce sujet depuis longtemps. Bonjour, et merci d’être là !",
      "Bonjour et bienvenue ! Aujourd’hui, nous parlons d’un sujet que beaucoup croient connaître : « {topic} ». Pour en discuter, je reçois une invitée qui le regarde de près. Bonjour !",
    ],
    lines: [
      "Commençons par le début. Si quelqu’un n’a jamais entendu parler de « {topic} », que lui diriez-vous d’abord ?",
      "On entend souvent que tout cela est réservé aux spécialistes. Est-ce vraiment le cas ?",
      "Pourriez-vous nous donner un exemple, quelque chose que chacun peut se représenter ?",
      "Et quelle est l’erreur que vous voyez le plus souvent ?",
      "Je me fais l’avocat du diable : n’est-ce pas une simple mode ?",
      "Qu’est-ce qui a le plus changé ces dernières années, selon vous ?",
      "Que conseillez-vous à ceux qui veulent s’y mettre dès demain ?",
    ],
    endings: [
      "Nous arrivons au terme de cet épisode. Merci à vous qui nous écoutez, et à très bientôt. Je laisse le dernier mot à mon invitée.",
      "Le temps passe vite ! Merci d’avoir partagé tout cela avec nous, et merci à vous qui nous écoutez. Un dernier mot, avant de nous quitter ?",
    ],
  },
  guest: {
    names: ["Camille", "Léa", "Sophie", "Claire"],
    openings: [
      "Bonjour ! Merci de m’avoir invitée. « {topic} », c’est un sujet qui m’accompagne tous les jours, et j’ai toujours plaisir à en parler simplement.",
      "Bonjour, et merci de cette invitation. On parle beaucoup de « {topic} », mais on prend rarement le temps de s’y arrêter : je suis ravie que nous le fassions.",
    ],
    lines: [
      "Je dirais qu’il faut commencer par regarder autour de soi. Avant les grandes idées, il y a des gestes tout simples, et c’est là que l’on comprend le mieux.",
      "Pas du tout. Il suffit d’un peu de curiosité. Les connaissances viennent ensuite, une question après l’autre.",
      "Prenez {person}, {place}. On essaie une idée, on note ce qui marche, et l’on recommence. C’est aussi concret que cela.",
      "Vouloir aller trop vite ! On cherche la réponse parfaite, alors qu’un premier essai, même maladroit, apprend bien davantage.",
      "Une mode passe ; ce qui rend service reste. Je crois que l’on verra la différence avec le temps, et je préfère garder les yeux ouverts.",
      "Le regard des gens, sans hésiter. On n’a plus peur de poser des questions, et cela change tout.",
      "Choisissez une seule chose, la plus petite possible, et faites-la vraiment. Le reste viendra tout seul, vous verrez.",
    ],
    endings: [
      "S’il ne fallait retenir qu’une idée, ce serait celle-ci : « {topic} » n’est pas une affaire de spécialistes, c’est une affaire d’attention. Merci à vous !",
      "Je dirais simplement : restez curieux. C’est encore la meilleure façon d’avancer. Merci de m’avoir reçue !",
    ],
  },
};
