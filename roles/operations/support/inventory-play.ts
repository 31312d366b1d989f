import { resolve } from 'node:path';
import { file, type InventoryEdit, type Play, playSteps, type RoleUse } from '../../../lib/index.ts';

/**
 * The play that brings an edit into the inventory's file, on the controller; with `write: false` the patch is shown
 * instead, and the file is left alone. Where the edit changes nothing, so does the play.
 */
export function inventoryPlay(edit: InventoryEdit, { write }: { readonly write: boolean }): Play {
  const play = { name: 'inventory', hosts: 'localhost' };
  if (write) return { ...play, tasks: [file({ path: resolve(edit.file), content: edit.text })] };
  return { ...play, roles: [shown(edit)] };
}

function shown({ file: path, patch }: InventoryEdit): RoleUse {
  return playSteps('inventory-patch', [
    ({ report }) => {
      if (patch !== '') report({ title: `not written to ${path}`, text: patch, data: { path, patch } });
      return () => [];
    },
  ]);
}
