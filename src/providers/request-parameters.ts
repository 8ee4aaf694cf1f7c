import type { ProviderRequest } from "./provider.ts";

/** A parameter that is a number; undefined where it is not given. */
export function numberOf(request: ProviderRequest, name: string): number | undefined {
  const value = request.parameters[name];
  return typeof value === "number" ? value : undefined;
}

/** A parameter that is a text; undefined where it is not given. */
export function textOf(request: ProviderRequest, name: string): string | undefined {
  const value = request.parameters[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A parameter that is a yes or a no; undefined where it is not given. */
export function booleanOf(request: ProviderRequest, name: string): boolean | undefined {
  const value = request.parameters[name];
  return typeof value === "boolean" ? value : undefined;
}

/** The parameter `size`, such as `1024x768`, in pixels; undefined where it is not given. */
export function sidesOf(request: ProviderRequest): { width: number; height: number } | undefined {
  const sides = /^(\d{1,5})x(\d{1,5})$/.exec(textOf(request, "size") ?? "");
  return sides ? { width: Number(sides[1]), height: Number(sides[2]) } : undefined;
}
