"""usd-core, loaded the only way it is loaded here: one thread, nothing from the environment.

The library reads its environment when it is first imported, and an import of it that stands before
ours would come too early: so every module takes its names from here.
"""

import os

# Plugins and search paths of the machine: a file must not reach what they would open.
for _name in ("PXR_PLUGINPATH_NAME", "PXR_AR_DEFAULT_SEARCH_PATH"):
    os.environ.pop(_name, None)
os.environ["PXR_WORK_THREAD_LIMIT"] = "1"  # a fork copies the thread that forks and no other
os.environ["TF_ENV_SETTING_ALERTS_ENABLED"] = "0"  # else a banner about the line above

from pxr import Sdf as Sdf  # noqa: E402  # only now
from pxr import Tf as Tf  # noqa: E402
from pxr import Usd as Usd  # noqa: E402
from pxr import UsdGeom as UsdGeom  # noqa: E402
from pxr import UsdShade as UsdShade  # noqa: E402
from pxr import UsdSkel as UsdSkel  # noqa: E402
from pxr import Work  # noqa: E402

Work.SetConcurrencyLimit(1)  # should somebody have imported it before us after all
