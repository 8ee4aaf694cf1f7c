import { useLocation, useSearch } from "wouter";

/**
 * What is asked for by the query of the address, so that it can be gone back to and handed on. A change is a step of the
 * browser's history, unless it only goes on with the one before, as when somebody types.
 */
export function useUrlFilter<Filter>({
  read,
  write,
}: {
  read: (query: URLSearchParams) => Filter;
  write: (filter: Filter) => string;
}) {
  const [path, navigate] = useLocation();
  const filter = read(new URLSearchParams(useSearch()));
  const change = (changes: Partial<Filter>, { goesOn = false } = {}) => {
    const query = write({ ...filter, ...changes });
    navigate(query === "" ? path : `${path}?${query}`, { replace: goesOn });
  };
  return { filter, change };
}
