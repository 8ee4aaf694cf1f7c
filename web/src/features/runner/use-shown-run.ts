import { useLocation, useSearch } from "wouter";

/** No input can have this name, which is not one of those that inputs may have. */
const QUERY_NAME = "run-id";

/** The execution below the form. It stands in the address, so that it is there after a reload. */
export function useShownRun() {
  const [location, navigate] = useLocation();
  const search = useSearch();
  const id = Number(new URLSearchParams(search).get(QUERY_NAME) ?? Number.NaN);
  return {
    shownRun: Number.isSafeInteger(id) && id > 0 ? id : null,
    show: (next: number) => {
      const query = new URLSearchParams(search);
      query.set(QUERY_NAME, String(next));
      navigate(`${location}?${query}`);
    },
  };
}
