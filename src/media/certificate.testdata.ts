import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";

// Certificates for tests, written as X.509 has them (RFC 5280): Node.js reads certificates and makes none.

const OBJECTS = {
  commonName: "550403",
  organization: "55040a",
  basicConstraints: "551d13",
  keyUsage: "551d0f",
  extendedKeyUsage: "551d25",
  subjectKeyId: "551d0e",
  authorityKeyId: "551d23",
  emailProtection: "2b06010505070304",
  serverAuth: "2b06010505070301",
  ecdsaWithSha256: "2a8648ce3d040302",
};

const node = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const length =
    content.length < 128
      ? Buffer.from([content.length])
      : Buffer.from([0x82, content.length >> 8, content.length & 0xff]);
  return Buffer.concat([Buffer.from([tag]), length, content]);
};
const sequence = (...parts: Uint8Array[]): Buffer => node(0x30, ...parts);
const object = (name: keyof typeof OBJECTS): Buffer => node(0x06, Buffer.from(OBJECTS[name], "hex"));
const octets = (content: Uint8Array): Buffer => node(0x04, content);
const text = (content: string): Buffer => node(0x0c, Buffer.from(content));
const time = (date: Date): Buffer =>
  node(0x18, Buffer.from(`${date.toISOString().slice(0, 19).replaceAll(/[-T:]/g, "")}Z`, "latin1"));
const UNTIL = new Date("2049-01-01");
const TRUE = node(0x01, Buffer.from([0xff]));

const nameOf = (name: string): Buffer =>
  sequence(
    node(0x31, sequence(object("organization"), text("Relais tests"))),
    node(0x31, sequence(object("commonName"), text(name))),
  );
const extension = (id: keyof typeof OBJECTS, content: Buffer, isCritical = false): Buffer =>
  sequence(object(id), ...(isCritical ? [TRUE] : []), octets(content));
const keyIdOf = (key: KeyObject): Buffer =>
  createHash("sha1")
    .update(key.export({ format: "der", type: "spki" }))
    .digest();

interface Certified {
  name: string;
  subject: KeyObject;
  issuer: { name: string; publicKey: KeyObject; privateKey: KeyObject };
  isAuthority: boolean;
  until: Date;
  purpose: "emailProtection" | "serverAuth";
}

function certificate({ name, subject, issuer, isAuthority, until, purpose }: Certified): string {
  const algorithm = sequence(object("ecdsaWithSha256"));
  const usage = Buffer.from(isAuthority ? [0x01, 0x06] : [0x07, 0x80]);
  const extensions = [
    extension("basicConstraints", isAuthority ? sequence(TRUE) : sequence(), true),
    extension("keyUsage", node(0x03, usage), true),
    ...(isAuthority ? [] : [extension("extendedKeyUsage", sequence(object(purpose)))]),
    extension("subjectKeyId", octets(keyIdOf(subject))),
    extension("authorityKeyId", sequence(node(0x80, keyIdOf(issuer.publicKey)))),
  ];
  const body = sequence(
    node(0xa0, node(0x02, Buffer.from([2]))),
    node(0x02, Buffer.from([isAuthority ? 1 : 2])),
    algorithm,
    nameOf(issuer.name),
    sequence(time(new Date("2026-01-01")), time(until)),
    nameOf(name),
    subject.export({ format: "der", type: "spki" }),
    node(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", body, issuer.privateKey);
  const der = sequence(body, algorithm, node(0x03, Buffer.from([0]), signature));
  return `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`;
}

/** A certificate authority of a test's own, and a certificate for signing with its key; all PEM. */
export function testCertificate({ purpose = "emailProtection" }: { purpose?: Certified["purpose"] } = {}): {
  authority: string;
  certificate: string;
  key: string;
} {
  const authority = { name: "Test authority", ...generateKeyPairSync("ec", { namedCurve: "P-256" }) };
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    authority: certificate({
      name: authority.name,
      subject: authority.publicKey,
      issuer: authority,
      isAuthority: true,
      until: UNTIL,
      purpose,
    }),
    certificate: certificate({
      name: "Test signer",
      subject: own.publicKey,
      issuer: authority,
      isAuthority: false,
      until: UNTIL,
      purpose,
    }),
    key: own.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  };
}
