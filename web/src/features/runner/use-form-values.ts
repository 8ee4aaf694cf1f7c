import { useEffect, useState } from "react";
import { useLocation, useSearch } from "wouter";
import type { WorkflowInput } from "../../../../src/workflow/definition.ts";
import { EMPTY_VALUES, prefillOf, readValues, storeValues, type FormValues } from "./form-values.ts";

/** What the form holds: what the address fills in, or else what was left in this browser; kept at every change. */
export function useFormValues(formKey: string, inputs: readonly WorkflowInput[]) {
  const [location, navigate] = useLocation();
  const search = useSearch();
  const [form, setForm] = useState<FormValues>(() => {
    const prefill = prefillOf(new URLSearchParams(search), inputs);
    return prefill === null ? readValues(formKey) : { ...EMPTY_VALUES, ...prefill };
  });
  const [hasChanged, setHasChanged] = useState(false);
  useEffect(() => {
    // A link that is only looked at leaves alone what was written here before.
    if (hasChanged) {
      storeValues(formKey, form);
    }
  }, [formKey, form, hasChanged]);

  const change = (changes: Partial<FormValues>) => {
    setHasChanged(true);
    setForm((before) => ({ ...before, ...changes }));
    const query = new URLSearchParams(search);
    const names = ["topic", ...inputs.map(({ name }) => name)].filter((name) => query.has(name));
    if (names.length > 0) {
      // From now on a reload gives back what was written, not what the address says.
      for (const name of names) query.delete(name);
      navigate(query.size === 0 ? location : `${location}?${query}`, { replace: true });
    }
  };
  return { form, change };
}
