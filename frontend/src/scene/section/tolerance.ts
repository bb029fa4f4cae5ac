/** How near a plane still counts as in it: one answer for the picture, the pointer and the slicer. */

/** Of a grid step: corners are rounded to the grid, so a face in a plane may be drawn half a step behind it. */
export const STEP_SLACK = 0.55;
/** Of the model's diagonal: above the error of 32-bit positions, below any pixel. */
export const PLANE_SLACK = 2e-6;
