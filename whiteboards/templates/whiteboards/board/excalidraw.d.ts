// What `frontend/excalidraw.ts` lets out of Excalidraw beside what its package offers.
declare module "excalidraw-inside" {
  export { redrawTextBoundingBox } from "@excalidraw/excalidraw/dist/types/excalidraw/element/textElement";
  export {
    bindLinearElement,
    fixBindingsAfterDeletion,
    updateBoundElements,
  } from "@excalidraw/excalidraw/dist/types/excalidraw/element/binding";
}
