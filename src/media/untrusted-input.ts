const CONTAINERS = [
  "mov",
  "mp4",
  "m4a",
  "3gp",
  "3g2",
  "mj2",
  "matroska",
  "webm",
  "avi",
  "mpegts",
  "mpeg",
  "flv",
  "asf",
  "ogg",
  "mp3",
  "wav",
  "w64",
  "aiff",
  "caf",
  "flac",
  "aac",
  "ac3",
  "eac3",
  "amr",
  "ape",
  "wv",
  "tta",
];

/**
 * How FFmpeg opens a file of others: by its content, whatever its name, and nothing but that file. Playlists, lists of parts
 * and scripts (HLS, DASH, concat, …) are not among the formats: they name other files, and whoever sent one could have any
 * file of this machine read.
 */
export const UNTRUSTED_INPUT = {
  protocol_whitelist: "file",
  format_whitelist: CONTAINERS.join(","),
  max_streams: 64,
};
