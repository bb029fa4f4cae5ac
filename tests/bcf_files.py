"""BCF files written by hand, as other programs write them: 2.1 and 3.0 with everything in them."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from lxml import etree
from PIL import Image

SHARED = Path(__file__).resolve().parents[2] / "shared" / "bcf"
TOPIC = "0a1b2c3d-0000-4000-8000-000000000001"
OTHER = "0a1b2c3d-0000-4000-8000-000000000002"
VIEW = "0a1b2c3d-0000-4000-8000-000000000011"
FLAT_VIEW = "0a1b2c3d-0000-4000-8000-000000000012"
PICTURE_VIEW = "0a1b2c3d-0000-4000-8000-000000000013"
COMMENT = "0a1b2c3d-0000-4000-8000-000000000021"
DOCUMENT = "0a1b2c3d-0000-4000-8000-000000000031"
REFERENCE = "0a1b2c3d-0000-4000-8000-000000000041"
GUID = "2O2Fr$t4X7Zf8NOew3FLOH"
OTHER_GUID = "1m5wAJelDFdhn6qBdOGjos"
SCHEMAS = {
    "bcf.version": "version", "project.bcfp": "project", "extensions.xml": "extensions",
    "documents.xml": "documents", ".bcf": "markup", ".bcfv": "visinfo",
}  # fmt: skip


def png(size: tuple[int, int] = (8, 6)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, "PNG")
    return target.getvalue()


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def invalid(content: bytes, version: str) -> list[str]:
    """What the schemas of buildingSMART object to; needs the folder of shared files."""
    found = []
    for name, body in members(content).items():
        kind = SCHEMAS.get(name) or SCHEMAS.get("." + name.rpartition(".")[2])
        if kind is not None and (SHARED / f"xsd-{version}" / f"{kind}.xsd").is_file():
            schema = etree.XMLSchema(etree.parse(str(SHARED / f"xsd-{version}" / f"{kind}.xsd")))
            if not schema.validate(etree.fromstring(body)):
                found.append(f"{name}: {list(schema.error_log)}")
    return found


def _point(tag: str, x: float, y: float, z: float) -> str:
    return f"<{tag}><X>{x}</X><Y>{y}</Y><Z>{z}</Z></{tag}>"


_EYE = (
    _point("CameraViewPoint", 1.5, -3, 2)
    + _point("CameraDirection", 0, 1, 0)
    + _point("CameraUpVector", 0, 0, 1)
)
_LINES = f"<Lines><Line>{_point('StartPoint', 0, 0, 0)}{_point('EndPoint', 1, 1, 1)}</Line></Lines>"
_PLANES = (
    "<ClippingPlanes><ClippingPlane>"
    f"{_point('Location', 0, 0, 0.5)}{_point('Direction', 0, 0, 1)}"
    "</ClippingPlane></ClippingPlanes>"
)
_BITMAP = (
    "<Reference>mark.png</Reference>"
    f"{_point('Location', 0, 0, 1)}{_point('Normal', 0, 0, 1)}{_point('Up', 0, 1, 0)}"
    "<Height>0.25</Height>"
)
_PART = (
    f'<Component IfcGuid="{GUID}"><OriginatingSystem>Other CAD</OriginatingSystem>'
    "<AuthoringToolId>4711</AuthoringToolId></Component>"
)
_OTHER_PART = f'<Component IfcGuid="{OTHER_GUID}"/>'


def views_3_0() -> dict[str, str]:
    return {
        f"{TOPIC}/first.bcfv": f"""<?xml version="1.0" encoding="UTF-8"?>
<VisualizationInfo Guid="{VIEW}"><!-- hello --><Components><Selection>{_PART}</Selection>
<Visibility DefaultVisibility="false"><ViewSetupHints SpacesVisible="true"
SpaceBoundariesVisible="false" OpeningsVisible="true"/><Exceptions>{_PART}{_OTHER_PART}</Exceptions>
</Visibility><Coloring><Color Color="FF8800"><Components>{_PART}</Components></Color></Coloring>
</Components><PerspectiveCamera>{_EYE}<FieldOfView>60</FieldOfView>
<AspectRatio>1.5</AspectRatio></PerspectiveCamera>{_LINES}{_PLANES}
<Bitmaps><Bitmap><Format>png</Format>{_BITMAP}</Bitmap></Bitmaps></VisualizationInfo>""",
        f"{TOPIC}/flat.bcfv": f"""<VisualizationInfo Guid="{FLAT_VIEW}"><OrthogonalCamera>{_EYE}
<ViewToWorldScale>2.5</ViewToWorldScale><AspectRatio>1.5</AspectRatio></OrthogonalCamera>
</VisualizationInfo>""",
    }


def files_3_0() -> dict[str, bytes | str]:
    return {
        "bcf.version": '<Version VersionId="3.0"/>',
        "project.bcfp": '<ProjectInfo><Project ProjectId="p-1"><Name>Bridge</Name></Project>'
        "</ProjectInfo>",
        "extensions.xml": "<Extensions><TopicTypes><TopicType>Clash</TopicType></TopicTypes>"
        "<TopicStatuses><TopicStatus>Open</TopicStatus></TopicStatuses><Priorities/>"
        "<Users><User>mia@example.org</User></Users><SnippetTypes><SnippetType>.ifc</SnippetType>"
        "</SnippetTypes></Extensions>",
        "documents.xml": f'<DocumentInfo><Documents><Document Guid="{DOCUMENT}">'
        "<Filename>Plan.pdf</Filename><Description>Ground floor</Description></Document>"
        "</Documents></DocumentInfo>",
        f"documents/{DOCUMENT}": b"%PDF-1.7 plan",
        f"{TOPIC}/": b"",
        f"{TOPIC}/markup.bcf": f"""<?xml version="1.0" encoding="UTF-8"?>
<Markup><Header><Files><File IfcProject="{GUID}" IsExternal="false"><Filename>a.ifc</Filename>
<Date>2026-11-20T10:00:00+02:00</Date><Reference>../a.ifc</Reference></File></Files></Header>
<Topic Guid="{TOPIC}" ServerAssignedId="77" TopicType="Clash" TopicStatus="Active">
<ReferenceLinks><ReferenceLink>https://example.org/1</ReferenceLink></ReferenceLinks>
<Title>Beam hits pipe &amp; wall</Title><Priority>High</Priority><Index>3</Index>
<Labels><Label>MEP</Label><Label>Statik Süd</Label></Labels>
<CreationDate>2026-11-20T10:00:00.1234567+02:00</CreationDate>
<CreationAuthor>mia@example.org</CreationAuthor><ModifiedDate>2026-11-21T10:00:00</ModifiedDate>
<ModifiedAuthor>ben@example.org</ModifiedAuthor><DueDate>2026-12-24T00:00:00Z</DueDate>
<AssignedTo>ben@example.org</AssignedTo><Stage>Design</Stage>
<Description>First line.
Second line.</Description>
<BimSnippet SnippetType=".ifc" IsExternal="false"><Reference>part.ifc</Reference>
<ReferenceSchema>https://example.org/ifc.xsd</ReferenceSchema></BimSnippet>
<DocumentReferences><DocumentReference Guid="{REFERENCE}"><DocumentGuid>{DOCUMENT}</DocumentGuid>
<Description>See the plan</Description></DocumentReference></DocumentReferences>
<RelatedTopics><RelatedTopic Guid="{OTHER}"/></RelatedTopics>
<Comments><Comment Guid="{COMMENT}"><Date>2026-11-20T11:00:00Z</Date>
<Author>ben@example.org</Author><Comment>Move the pipe.</Comment><Viewpoint Guid="{VIEW}"/>
<ModifiedDate>2026-11-20T12:00:00Z</ModifiedDate><ModifiedAuthor>ben@example.org</ModifiedAuthor>
</Comment></Comments>
<Viewpoints><ViewPoint Guid="{VIEW}"><Viewpoint>first.bcfv</Viewpoint>
<Snapshot>first.png</Snapshot><Index>1</Index></ViewPoint>
<ViewPoint Guid="{FLAT_VIEW}"><Viewpoint>flat.bcfv</Viewpoint></ViewPoint>
<ViewPoint Guid="{PICTURE_VIEW}"><Snapshot>only.png</Snapshot></ViewPoint></Viewpoints>
</Topic></Markup>""",
        **views_3_0(),
        f"{TOPIC}/first.png": png(),
        f"{TOPIC}/only.png": png((4, 4)),
        f"{TOPIC}/mark.png": png((2, 2)),
        f"{TOPIC}/part.ifc": b"ISO-10303-21;",
        f"{OTHER}/markup.bcf": f"""<Markup><Topic Guid="{OTHER}" TopicType="Request"
TopicStatus="Closed"><Title>Second</Title><CreationDate>2026-11-20T10:00:00Z</CreationDate>
<CreationAuthor>mia@example.org</CreationAuthor></Topic></Markup>""",
    }


def files_2_1() -> dict[str, bytes | str]:
    upper = TOPIC.upper()  # many programs write them so
    return {
        "bcf.version": '<Version VersionId="2.1"><DetailedVersion>2.1 KUBUS BV</DetailedVersion>'
        "</Version>",
        "project.bcfp": '<ProjectExtension><Project ProjectId="p-1"><Name>Bridge</Name></Project>'
        "<ExtensionSchema>extensions.xsd</ExtensionSchema></ProjectExtension>",
        "extensions.xsd": '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:redefine'
        ' schemaLocation="markup.xsd"><xs:simpleType name="TopicType"><xs:restriction'
        ' base="TopicType"><xs:enumeration value="Clash"/></xs:restriction></xs:simpleType>'
        '<xs:simpleType name="UserIdType"><xs:restriction base="UserIdType"><xs:enumeration'
        ' value="mia@example.org"/></xs:restriction></xs:simpleType></xs:redefine></xs:schema>',
        f"{upper}/markup.bcf": f"""<?xml version="1.0" encoding="utf-8"?>
<Markup xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><Header><File IfcProject="{GUID}"
isExternal="true"><Filename>a.ifc</Filename><Date>2026-11-20T10:00:00Z</Date></File></Header>
<Topic Guid="{upper}" TopicType="Clash" TopicStatus="Active">
<ReferenceLink>https://example.org/1</ReferenceLink><Title>Beam hits pipe</Title>
<Priority>High</Priority><Index>0</Index><Labels>MEP</Labels><Labels>Süd</Labels>
<CreationDate>2026-11-20T10:00:00Z</CreationDate><CreationAuthor>mia@example.org</CreationAuthor>
<AssignedTo>ben@example.org</AssignedTo><Description>Look.</Description>
<BimSnippet SnippetType=".ifc" isExternal="true"><Reference>https://example.org/p.ifc</Reference>
<ReferenceSchema>https://example.org/ifc.xsd</ReferenceSchema></BimSnippet>
<DocumentReference Guid="{REFERENCE}" isExternal="false">
<ReferencedDocument>../Plan.pdf</ReferencedDocument><Description>Plan</Description>
</DocumentReference>
<DocumentReference isExternal="true"><ReferencedDocument>https://example.org/x.pdf
</ReferencedDocument></DocumentReference><RelatedTopic Guid="{OTHER}"/></Topic>
<Comment Guid="{COMMENT}"><Date>2026-11-20T11:00:00Z</Date><Author>ben@example.org</Author>
<Comment>Move the pipe.</Comment><Viewpoint Guid="{VIEW}"/></Comment>
<Viewpoints Guid="{VIEW}"><Viewpoint>viewpoint.bcfv</Viewpoint><Snapshot>snapshot.png</Snapshot>
</Viewpoints></Markup>""",
        f"{upper}/viewpoint.bcfv": f"""<VisualizationInfo Guid="{VIEW}"><Components>
<ViewSetupHints SpacesVisible="false" SpaceBoundariesVisible="false" OpeningsVisible="true"/>
<Selection>{_PART}</Selection><Visibility DefaultVisibility="true"><Exceptions>{_OTHER_PART}
</Exceptions></Visibility><Coloring><Color Color="FF00FF00">{_PART}</Color></Coloring></Components>
<PerspectiveCamera>{_EYE}<FieldOfView>50</FieldOfView></PerspectiveCamera>{_LINES}{_PLANES}
<Bitmap><Bitmap>PNG</Bitmap>{_BITMAP}</Bitmap></VisualizationInfo>""",
        f"{upper}/snapshot.png": png(),
        f"{upper}/mark.png": png((2, 2)),
        "Plan.pdf": b"%PDF-1.7 plan",
        "readme.txt": b"nothing",
    }
