import type { ChapterPhrases } from "./chapter-phrases.ts";

/** Chapters in French, in the order of a book. Typed with plain spaces, like the phrases. */
export const CHAPTERS_FR: readonly [ChapterPhrases, ...ChapterPhrases[]] = [
  {
    title: "Les premiers pas",
    summary: "Par où l’on entre dans le sujet, et pourquoi le plus petit exemple suffit pour commencer.",
    opening:
      "On n’entre pas dans « {topic} » par la grande porte. On y entre par un détail : une phrase entendue, un objet posé sur une table, une question d’enfant à laquelle on ne sait pas répondre.",
    sections: [
      {
        heading: "Un point de départ modeste",
        paragraphs: [
          "{Moment}, {person} m’a demandé ce que j’en savais vraiment. J’ai commencé trois phrases sans en finir une seule. Ce jour-là, j’ai compris que l’on peut parler longtemps d’une chose sans l’avoir jamais regardée.",
          "Alors j’ai pris une feuille et je l’ai coupée en deux. À gauche, ce que j’avais vu de mes yeux ; à droite, ce que l’on m’avait raconté. La colonne de droite débordait. Celle de gauche tenait en deux lignes, et c’est d’elle qu’il fallait partir.",
        ],
      },
      {
        heading: "Regarder avant de juger",
        paragraphs: [
          "Le premier exercice est aussi le plus simple : décrire « {topic} » à quelqu’un qui n’en a jamais entendu parler, sans employer un seul mot savant. Là où la phrase hésite, il y a quelque chose à apprendre.",
          "On recommence le lendemain, avec un autre exemple. Au bout d’une semaine, les hésitations ont changé de place. C’est à cela que l’on reconnaît un progrès : non pas à l’absence de questions, mais au fait que ce ne sont plus les mêmes.",
        ],
      },
    ],
    closing: "Un premier pas ne mène pas loin. Il fait mieux : il montre où poser le deuxième.",
  },
  {
    title: "Les mots pour le dire",
    summary: "Le vocabulaire utile, celui qui éclaire et celui qui fait écran.",
    opening:
      "Chaque métier a ses mots, et « {topic} » a les siens. Certains ouvrent des portes ; d’autres servent surtout à montrer que l’on a la clé.",
    sections: [
      {
        heading: "Trois mots suffisent",
        paragraphs: [
          "Un jour, {place}, j’ai assisté à une démonstration qui n’en employait que trois : avant, pendant, après. La personne qui parlait posait {object} devant elle, le changeait un peu, puis demandait ce que l’on voyait de différent. Personne ne prenait de notes, et tout le monde avait compris.",
          "Les définitions viennent ensuite. Elles sont plus faciles à retenir quand elles donnent un nom à ce que l’on a déjà remarqué, et bien plus difficiles quand elles arrivent les premières.",
        ],
      },
      {
        heading: "Les mots qui font écran",
        paragraphs: [
          "Il existe aussi des mots si larges qu’ils couvrent tout et n’éclairent rien. On les reconnaît à un signe : on peut les remplacer par leur contraire sans que la phrase paraisse absurde.",
          "Le remède tient en une question, posée sans malice : « par exemple ? ». Elle ramène la conversation sur terre. À propos de « {topic} », c’est souvent la plus utile que l’on puisse poser, et la première que l’on oublie.",
        ],
      },
    ],
    closing: "Un mot juste ne remplace pas l’expérience, mais il permet de la partager.",
  },
  {
    title: "Le geste et la méthode",
    summary: "La pratique, ses essais, ses carnets, et ce que l’on apprend en recommençant.",
    opening:
      "Vient le moment où il faut essayer. Les livres décrivent « {topic} » de l’extérieur ; la main, elle, découvre ce que les livres ont oublié de dire.",
    sections: [
      {
        heading: "Essayer petit",
        paragraphs: [
          "Un bon essai tient dans une heure, coûte peu et se raconte en trois phrases : ce que l’on pensait, ce que l’on a fait, ce qui s’est produit. S’il en faut davantage, c’est que l’on a changé deux choses à la fois.",
          "J’ai connu {person} qui gardait pour cela un carnet à couverture grise. Une page par essai, la date en haut, jamais de rature. Les échecs y occupaient autant de place que les réussites, et c’étaient eux que l’on relisait le plus.",
        ],
      },
      {
        heading: "Recommencer mieux",
        paragraphs: [
          "La méthode n’est pas une suite de règles ; c’est l’habitude de revenir en arrière sans se fâcher. On reprend l’essai de la veille, on ne change qu’une chose, on compare. Le progrès est lent, mais il ne se perd pas.",
          "Au dixième essai, quelque chose se passe : le geste devient assez sûr pour que l’attention se libère. On cesse de penser à ce que l’on fait et l’on commence à voir ce qui arrive.",
        ],
      },
    ],
    closing: "La méthode, au fond, est la politesse que l’on doit à celui que l’on sera demain.",
  },
  {
    title: "Les lieux et les heures",
    summary: "Où et quand le sujet se laisse le mieux observer.",
    opening:
      "« {topic} » n’a pas le même visage le matin et le soir, ni le même au bord d’une route et derrière une vitre. Il faut des lieux pour comprendre, et des heures pour ces lieux.",
    sections: [
      {
        heading: "Un matin de semaine",
        paragraphs: [
          "Nous étions arrivés tôt, {place}, avant tous les autres. La lumière venait de côté. Sur une table attendait {object}, et quelqu’un avait laissé une tasse à demi pleine, comme si la conversation de la veille allait reprendre.",
          "On apprend beaucoup à regarder un endroit se préparer. Les gestes sont nets, les paroles rares. Chacun sait où se mettre, et ce que l’on prenait pour du hasard se révèle être une habitude.",
        ],
      },
      {
        heading: "Revenir à une autre heure",
        paragraphs: [
          "Le même lieu, six heures plus tard, raconte une autre histoire. Le bruit a changé, les visages aussi. Ce qui semblait essentiel le matin est passé à l’arrière-plan ; un détail que personne ne remarquait attire tous les regards.",
          "De ces deux visites, aucune ne dit la vérité de « {topic} » à elle seule. C’est leur écart qui instruit, comme deux photographies prises du même balcon à deux saisons différentes.",
        ],
      },
    ],
    closing: "Celui qui ne vient qu’une fois rapporte un souvenir. Celui qui revient rapporte une question.",
  },
  {
    title: "Ce qui résiste",
    summary: "Les erreurs fréquentes, les obstacles réels, et ce qu’ils apprennent.",
    opening:
      "Il serait commode que tout se passe bien. Avec « {topic} », il y a toujours un moment où quelque chose coince, et c’est rarement là où on l’attendait.",
    sections: [
      {
        heading: "L’erreur utile",
        paragraphs: [
          "La plus fréquente consiste à vouloir aller vite. On saute une étape qui paraissait évidente, et l’on passe ensuite trois jours à chercher pourquoi le résultat ne ressemble à rien. L’étape sautée était la seule qui comptait.",
          "Une autre erreur est plus discrète : croire que l’on a compris parce que l’on a réussi une fois. Un succès isolé ne prouve pas grand-chose. Il invite à vérifier, dans un autre lieu et avec d’autres mains.",
        ],
      },
      {
        heading: "Quand il faut renoncer",
        paragraphs: [
          "Il arrive que l’obstacle soit plus fort. {Moment}, après un long silence, quelqu’un a refermé le dossier et proposé de marcher un peu. Nous n’avons pas trouvé la solution ce jour-là ; nous avons trouvé une meilleure question.",
          "Renoncer n’est pas échouer, à condition d’écrire pourquoi. La note la plus précieuse de tout le carnet dit simplement : « Pas de cette façon. Essayer par l’autre côté. »",
        ],
      },
    ],
    closing: "Ce qui résiste nous renseigne mieux que ce qui cède.",
  },
  {
    title: "À plusieurs",
    summary: "Ce que changent les autres : partager, transmettre, ne pas être d’accord.",
    opening:
      "On peut découvrir « {topic} » seul, mais on ne va pas loin sans les autres. Ils voient ce que l’habitude nous cache, et posent les questions que nous évitions.",
    sections: [
      {
        heading: "L’art du désaccord",
        paragraphs: [
          "Autour de la table, ils étaient quatre et ils avaient quatre avis. L’usage voulait que chacun défende d’abord celui de son voisin. L’exercice paraissait étrange ; au bout d’une heure, deux avis avaient fondu en un seul, et les deux autres étaient devenus plus clairs.",
          "Un désaccord bien tenu ressemble à une corde tendue entre deux arbres : c’est parce que chaque côté résiste que l’on peut y suspendre quelque chose.",
        ],
      },
      {
        heading: "Transmettre",
        paragraphs: [
          "Celui qui explique apprend deux fois. Pour dire « {topic} » à {person}, il m’a fallu choisir un ordre, des exemples, un commencement. En cherchant comment le raconter, j’ai vu ce que j’avais compris de travers.",
          "On transmet d’ailleurs autre chose que ce que l’on croit. Des mois plus tard, on ne m’a reparlé ni du plan ni des chiffres, mais de la façon dont j’avais dit : « Je ne sais pas encore. »",
        ],
      },
    ],
    closing:
      "Une idée que l’on garde pour soi vieillit mal. Une idée que l’on partage change de visage, et dure.",
  },
  {
    title: "Le temps long",
    summary: "Ce que la durée révèle, et pourquoi la patience est une méthode.",
    opening:
      "Ce qui se voit en un jour n’est presque jamais ce qui compte. « {topic} » se mesure en saisons, parfois en années, et demande une patience que rien n’encourage.",
    sections: [
      {
        heading: "Tenir un fil",
        paragraphs: [
          "La difficulté n’est pas de commencer, ni même de continuer : c’est de continuer quand rien ne bouge. Les journées se ressemblent, les notes se répètent. Puis on relit l’ensemble, et l’on s’aperçoit que la pente était là depuis le début.",
          "Un vieux registre, retrouvé {place}, en donne l’exemple. Chaque soir, une ligne. Pendant onze ans, presque rien ne change. La douzième année, tout s’explique, et l’explication se trouvait déjà à la première page.",
        ],
      },
      {
        heading: "Ce qui demeure",
        paragraphs: [
          "Avec le temps, les certitudes s’usent et les bonnes questions restent. On garde deux ou trois gestes, une manière de regarder, quelques noms à qui l’on doit beaucoup.",
          "C’est peu, et c’est solide. On pourrait perdre tous ses carnets et reprendre « {topic} » depuis le début : on irait plus vite, non parce que l’on sait davantage, mais parce que l’on sait où regarder.",
        ],
      },
    ],
    closing: "La patience n’est pas l’art d’attendre, mais celui de rester attentif pendant que l’on attend.",
  },
  {
    title: "Et maintenant",
    summary: "Ce que le lecteur peut faire dès demain de ce qu’il a lu.",
    opening:
      "Un livre ne vaut que par ce qu’il fait faire. Il reste à fermer celui-ci et à ouvrir la fenêtre : « {topic} » vous attend dehors, bien plus vaste que ces pages.",
    sections: [
      {
        heading: "Une promesse raisonnable",
        paragraphs: [
          "Choisissez une heure dans la semaine, toujours la même, et tenez-la un mois. Ne cherchez pas à tout couvrir. Prenez un exemple, un seul, et suivez-le jusqu’à ce qu’il vous surprenne.",
          "Parlez-en à quelqu’un qui n’y connaît rien. Montrez-lui {object}, racontez votre dernier essai, laissez-le vous interrompre. Si la conversation dure plus longtemps que prévu, vous êtes sur le bon chemin.",
        ],
      },
      {
        heading: "La suite vous appartient",
        paragraphs: [
          "Vous trouverez des erreurs dans ces chapitres ; notez-les, elles sont à vous. Vous trouverez aussi des passages trop courts : c’est là que commence votre propre livre.",
          "Et si, un matin, {person} vous demande ce que vous savez vraiment de « {topic} », vous pourrez répondre en une phrase. Prenez votre temps pour la choisir.",
        ],
      },
    ],
    closing: "Le reste n’est pas écrit, et c’est une bonne nouvelle.",
  },
];
