import { ActionIcon, Tooltip } from "@mantine/core";
import {
  closestCenter,
  DndContext,
  DragOverlay,
  KeyboardSensor,
  PointerSensor,
  useDraggable,
  useDroppable,
  useSensor,
  useSensors,
  type CollisionDetection,
  type DragEndEvent,
  type KeyboardCoordinateGetter,
} from "@dnd-kit/core";
import { IconGripVertical } from "@tabler/icons-react";
import { useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { DraftStep } from "./draft.ts";
import { stepElementId } from "./step-element.ts";
import { useDragSpeech } from "./use-drag-speech.ts";
import editorClasses from "./editor.module.css";
import classes from "./step-sorting.module.css";

interface StepSortingProps {
  steps: readonly DraftStep[];
  onMove: (from: number, to: number) => void;
  children: ReactNode;
}

/** Lets steps be put in another order by their handles: with a mouse, a finger, or the keyboard, which is told where it is. */
export function StepSorting({ steps, onMove, children }: StepSortingProps) {
  const speech = useDragSpeech(steps);
  const [dragged, setDragged] = useState<string | null>(null);
  /** The step over which the keyboard has gone; null while a pointer drags. */
  const keyboardTarget = useRef<string | null>(null);
  const goOn: KeyboardCoordinateGetter = (event, { active, context, currentCoordinates }) => {
    const from = steps.findIndex(({ key }) => key === (keyboardTarget.current ?? active));
    const way = WAYS[event.code];
    const to = way === undefined ? undefined : steps[from + way];
    const rect = to && context.droppableRects.get(to.key);
    if (to === undefined || !rect) return undefined;
    keyboardTarget.current = to.key;
    return { x: currentCoordinates.x, y: rect.top };
  };
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 5 } }),
    useSensor(KeyboardSensor, {
      coordinateGetter: goOn,
      scrollBehavior: "auto",
    }),
  );
  const collide: CollisionDetection = (scene) =>
    scene.pointerCoordinates === null && keyboardTarget.current !== null
      ? [{ id: keyboardTarget.current }]
      : closestCenter(scene);
  const end = ({ active, over }: DragEndEvent) => {
    const from = steps.findIndex(({ key }) => key === active.id);
    const to = steps.findIndex(({ key }) => key === over?.id);
    stop();
    if (from !== -1 && to !== -1 && from !== to) {
      onMove(from, to);
    }
  };
  const stop = () => {
    keyboardTarget.current = null;
    setDragged(null);
  };
  const moved = steps.find(({ key }) => key === dragged);
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={collide}
      accessibility={speech}
      onDragStart={({ active }) => {
        setDragged(String(active.id));
      }}
      onDragEnd={end}
      onDragCancel={stop}
    >
      {children}
      <DragOverlay dropAnimation={null}>{moved !== undefined && <MovedStep step={moved} />}</DragOverlay>
    </DndContext>
  );
}

const WAYS: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };

/** What is seen of a step while it is moved: its head, so that the places to put it stay in sight. */
function MovedStep({ step }: { step: DraftStep }) {
  const { t } = useTranslation();
  return (
    <div className={classes.moved}>
      <IconGripVertical aria-hidden size={20} stroke={1.75} />
      {step.name ?? t("editor.step", { number: step.step_number })}
    </div>
  );
}

interface SortableStepProps {
  step: DraftStep;
  index: number;
  isChosen: boolean;
  /** The card, which is not drawn anew at each movement. */
  children: ReactNode;
}

/** One place in the list of steps, where a step can be put. */
export function SortableStep({ step, index, isChosen, children }: SortableStepProps) {
  const { key: id } = step;
  const { active, isOver, setNodeRef } = useDroppable({ id });
  const from: unknown = active?.data.current?.["index"];
  const side = typeof from === "number" && from < index ? "after" : "before";
  const isDragged = active?.id === id;
  return (
    <li
      ref={setNodeRef}
      id={stepElementId(id)}
      tabIndex={-1}
      className={`${editorClasses.item} ${classes.place}`}
      data-step={id}
      data-step-place={index + 1}
      data-chosen={isChosen || undefined}
      data-dragged={isDragged || undefined}
      data-drop={isOver && !isDragged ? side : undefined}
    >
      {children}
    </li>
  );
}

/** By which a step is taken. */
export function StepHandle({ id, index }: { id: string; index: number }) {
  const { t } = useTranslation();
  const { attributes, listeners, active, setNodeRef } = useDraggable({
    id,
    data: { index },
    attributes: { roleDescription: t("builder.drag.role") },
  });
  const name = t("builder.drag.handle", { number: index + 1 });
  return (
    <Tooltip label={name} disabled={active !== null}>
      <ActionIcon
        ref={setNodeRef}
        className={classes.handle}
        aria-label={name}
        {...attributes}
        {...listeners}
      >
        <IconGripVertical aria-hidden size={20} stroke={1.75} />
      </ActionIcon>
    </Tooltip>
  );
}
