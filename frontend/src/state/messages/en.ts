/** Every text of the product in English, in ICU form; a translation is another folder with the same keys. */

import { access } from "./en/access";
import { actions } from "./en/actions";
import { app } from "./en/app";
import { assets } from "./en/assets";
import { bcf } from "./en/bcf";
import { commands } from "./en/commands";
import { comparing } from "./en/comparing";
import { conducting } from "./en/conducting";
import { voice } from "./en/voice";
import { evidence } from "./en/evidence";
import { graphics } from "./en/graphics";
import { display } from "./en/display";
import { door } from "./en/door";
import { drawings } from "./en/drawings";
import { help } from "./en/help";
import { inbox } from "./en/inbox";
import { issues } from "./en/issues";
import { live } from "./en/live";
import { measuring } from "./en/measuring";
import { members } from "./en/members";
import { navigating } from "./en/navigating";
import { navigation } from "./en/navigation";
import { parts } from "./en/parts";
import { people } from "./en/people";
import { picture } from "./en/picture";
import { projects } from "./en/projects";
import { recording } from "./en/recording";
import { reviews } from "./en/reviews";
import { seat } from "./en/seat";
import { sections } from "./en/sections";
import { sessions } from "./en/sessions";
import { settings } from "./en/settings";
import { sharing } from "./en/sharing";
import { uploads } from "./en/uploads";
import { viewer } from "./en/viewer";
import { views } from "./en/views";
import { vrMenu } from "./en/vr_menu";
import { handTools } from "./en/hand_tools";
import { webhooks } from "./en/webhooks";
import { xr } from "./en/xr";

export const en = {
  ...access,
  ...actions,
  ...app,
  ...assets,
  ...bcf,
  ...commands,
  ...comparing,
  ...conducting,
  ...voice,
  ...evidence,
  ...graphics,
  ...display,
  ...door,
  ...drawings,
  ...help,
  ...inbox,
  ...issues,
  ...live,
  ...measuring,
  ...members,
  ...navigating,
  ...navigation,
  ...parts,
  ...people,
  ...picture,
  ...projects,
  ...recording,
  ...reviews,
  ...seat,
  ...sections,
  ...sessions,
  ...settings,
  ...sharing,
  ...uploads,
  ...viewer,
  ...views,
  ...vrMenu,
  ...handTools,
  ...webhooks,
  ...xr,
} as const;
