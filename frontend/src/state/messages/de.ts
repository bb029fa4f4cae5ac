/** Every text of the product in German. */

import { access } from "./de/access";
import { actions } from "./de/actions";
import { app } from "./de/app";
import { assets } from "./de/assets";
import { bcf } from "./de/bcf";
import { commands } from "./de/commands";
import { comparing } from "./de/comparing";
import { conducting } from "./de/conducting";
import { voice } from "./de/voice";
import { evidence } from "./de/evidence";
import { graphics } from "./de/graphics";
import { display } from "./de/display";
import { door } from "./de/door";
import { drawings } from "./de/drawings";
import { help } from "./de/help";
import { inbox } from "./de/inbox";
import { issues } from "./de/issues";
import { live } from "./de/live";
import { measuring } from "./de/measuring";
import { members } from "./de/members";
import { navigating } from "./de/navigating";
import { navigation } from "./de/navigation";
import { parts } from "./de/parts";
import { people } from "./de/people";
import { picture } from "./de/picture";
import { projects } from "./de/projects";
import { recording } from "./de/recording";
import { reviews } from "./de/reviews";
import { seat } from "./de/seat";
import { sections } from "./de/sections";
import { sessions } from "./de/sessions";
import { settings } from "./de/settings";
import { sharing } from "./de/sharing";
import { uploads } from "./de/uploads";
import { viewer } from "./de/viewer";
import { views } from "./de/views";
import { vrMenu } from "./de/vr_menu";
import { handTools } from "./de/hand_tools";
import { webhooks } from "./de/webhooks";
import { xr } from "./de/xr";

export const de = {
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
