"""Probe (temporary)."""
import base64, json, uuid
import pytest
from datetime import timedelta
from django.test import Client
from django.utils import timezone
from django.urls import get_resolver, URLPattern, URLResolver
from django.core.files.uploadedfile import SimpleUploadedFile
from directory.actions import create_token
from foundation.discussion.actions import add_comment
from foundation.activity.models import Notification
pytestmark = pytest.mark.django_db(transaction=True)

def b64(s): return base64.urlsafe_b64encode(s if isinstance(s,bytes) else s.encode()).decode().rstrip("=")
CURSORS = [b64("0001-01-01T00:00:00+14:00|5"), b64("9999-12-31T23:59:59-14:00|5"), b64("2026-01-01T00:00:00+00:00|9223372036854775807"),
  b64("["*6000), b64(json.dumps(["\ud800",1])), b64(json.dumps(["a\x00",1])), b64('["a",1e999]'), b64("2026-01-01T00:00:00+23:59|1"), b64("2026-01-01T00:00:00Z|１"), b64("\x00|1"), b64('["a",true]'), b64("0001-01-01T00:00:00+00:00|5"), b64("9999-12-31T23:59:59+00:00|5")]
VALUES = CURSORS + ["\x00", "a\x00b", "\ud800".encode("utf-8","surrogatepass"), b"\xff\xfe", "9"*5000, "-1", "１", "%", "_"*100, "'"*100, "\\"*100, "x"*20000, "ﷺ"*100, "\u202e", "a b "*50]

def paths(topic, note):
    return ["/","/people/","/communities/","/communities/%s/"%topic.space.slug,"/communities/%s/members/"%topic.space.slug,"/communities/%s/trash/"%topic.space.slug,topic.get_absolute_url(),"/notifications/","/apps/","/settings/","/settings/sessions/","/settings/tokens/","/sign-in/","/admin/login/",
     "/api/v1/me","/api/v1/people","/api/v1/communities","/api/v1/communities/%s/topics"%topic.space.uuid,"/api/v1/content/%s/comments"%topic.uuid,"/api/v1/feed","/api/v1/notifications","/api/v1/applications","/admin/directory/person/","/admin/activity/activity/","/admin/directory/group/"]

def test_get(topic, host, member, sign_in, deliver):
    add_comment(topic, "x", actor=member)
    host.is_staff=host.is_superuser=True; host.save()
    c = sign_in(host); c.raise_request_exception=False
    bad=[]
    from urllib.parse import quote
    for p in paths(topic,None):
        for k in ("q","before","after","cursor","limit","next","all","language","theme","o","p","is_active__exact","created__gte","verb"):
            for v in VALUES:
                try:
                    r=c.get(p+"?"+k+"="+quote(v))
                    if r.status_code>=500: bad.append((p,k,v[:40],r.status_code, repr(getattr(r,'exc_info',None) and r.exc_info[1])[:150]))
                except Exception as e: bad.append((p,k,v[:40],repr(e)[:150]))
    for b in bad: print("BAD",b)
    print(len(bad))

def test_post(topic, host, member, sign_in, community):
    c = sign_in(host); c.raise_request_exception=False
    cm = add_comment(topic, "x", actor=member)
    mine = add_comment(topic, "y", actor=host)
    bad=[]
    def chk(name, r):
        if r.status_code>=500: bad.append((name, r.status_code, repr(getattr(r,'exc_info',None) and r.exc_info[1])[:200]))
    T="/communities/%s/"%community.slug
    addr = {"/content/%s/comments/"%topic.uuid:["body","sending_key","parent"], "/content/%s/reactions/"%topic.uuid:["sign","comment"], "/comments/%s/edit/"%mine.uuid:["body"],
      T+"topics/new/":["title","body","language","sending_key"], T+"topics/%s/edit/"%topic.uuid:["title","body","language"], "/communities/new/":["name_fr","name_en","description_fr","access"],
      "/settings/language/":["language","next"],"/settings/theme/":["theme","next"],"/settings/tokens/":["name","scope","days"],"/content/%s/follow/"%topic.uuid:["follow"],"/sign-in/":["username","password","next"]}
    base={"title":"t","body":"b","language":"fr","sign":"like","name_fr":"n","access":"open","theme":"dark","name":"n","scope":"read","days":"30","username":"u","password":"p"}
    vals=[v if isinstance(v,str) else v.decode("utf-8","surrogateescape") for v in VALUES if isinstance(v,str)]+["@marc.membre "*1500, "@marc.membre "*3800, "[x]("*5000, "!"*30000]
    for a,keys in addr.items():
        cc = Client(raise_request_exception=False) if a=="/sign-in/" else c
        for k in keys:
            for v in vals:
                d={**base,k:v}
                if k!="sending_key": d.pop("sending_key",None)
                chk((a,k,v[:30]), cc.post(a,d))
    # charset tricks
    for cs in ("unicode_escape","raw_unicode_escape","utf-7","utf-16","rot13","zlib","idna","punycode","hex","undefined","unknown"):
        body=("--B\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\n\\ud800 %s\r\n--B--\r\n"%cs).encode()
        chk(("charset",cs), c.generic("POST","/content/%s/comments/"%topic.uuid,body,content_type="multipart/form-data; boundary=B; charset="+cs))
        chk(("charsetget",cs), c.generic("GET","/people/?q=%5Cud800","",CONTENT_TYPE="multipart/form-data; boundary=B; charset="+cs))
        chk(("charseturl",cs), c.generic("POST","/content/%s/comments/"%topic.uuid,b"body=%5Cud800",content_type="application/x-www-form-urlencoded; charset="+cs))
        for anon in (Client(raise_request_exception=False),):
            chk(("anon charsetget",cs), anon.generic("GET","/sign-in/?next=%5Cud800","",CONTENT_TYPE="multipart/form-data; boundary=B; charset="+cs))
            chk(("anon charsetpost",cs), anon.generic("POST","/sign-in/",b"--B\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\n\\ud800a\r\n--B\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n\\ud800a\r\n--B--\r\n",content_type="multipart/form-data; boundary=B; charset="+cs))
            chk(("anon home",cs), anon.generic("GET","/?next=%5Cud800","",CONTENT_TYPE="multipart/form-data; boundary=B; charset="+cs))
    for fn in ["filename*=unicode_escape''%5Cud800.txt","filename*=foo''%ffbar","filename*=zlib''%41","filename=\"a\\x00b\"","filename=\"..\"","filename=\"/\"","filename*=UTF-8''%00%0d%0a.html","filename=\""+"x"*5000+"\"","filename*=utf-16''%00%d8", "filename=\"a%2fb#?.txt\"","filename=\"%\"", "filename*=UTF-8''%C2%85%E2%80%A8.txt"]:
        body=("--B\r\nContent-Disposition: form-data; name=\"files\"; "+fn+"\r\nContent-Type: text/plain\r\n\r\nhello"+fn+"\r\n--B--\r\n").encode()
        r=c.generic("POST","/content/%s/attachments/"%topic.uuid,body,content_type="multipart/form-data; boundary=B")
        chk(("file",fn[:40]),r)
    from foundation.files.models import Attachment
    for a in Attachment.objects.all():
        r=c.get(a.get_absolute_url()); chk(("dl",a.name[:30],),r)
        r=c.get(topic.get_absolute_url()); chk(("topic",a.name[:30]),r)
    for ct,body in [("multipart/form-data",b"x"),("multipart/form-data; boundary=",b"x"),("multipart/form-data; boundary=B",b"--B\r\nxx"),("application/x-www-form-urlencoded",b"a="+b"1"*3000000),("application/x-www-form-urlencoded",b"&".join(b"a=1" for _ in range(1100))),("multipart/form-data; boundary=B",b"".join(b"--B\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a\"\r\n\r\nx\r\n" for _ in range(150))+b"--B--\r\n")]:
        chk(("ct",ct,len(body)), c.generic("POST","/content/%s/attachments/"%topic.uuid,body,content_type=ct))
    # cookies
    for ck in ['parvis_session="aaaaaaaa\\000"','parvis_session=é','parvis_session='+'a'*5000,'parvis_language="\\000"','messages="\\000"','messages=abc:def','csrftoken="\\000"', 'parvis_session="\\355\\240\\200aaaaaaaaa"']:
        for p in ("/","/sign-in/","/api/v1/me"):
            chk(("cookie",ck[:40],p), Client(raise_request_exception=False,headers={"cookie":ck}).get(p))
    for b in bad: print("BAD",b)
    print(len(bad))

def test_api(topic, host, member, community, client):
    _t, secret = create_token("e", actor=host, scope="write", expires=timezone.now()+timedelta(days=3))
    h={"authorization":"Bearer "+secret}
    client.raise_request_exception=False
    bad=[]
    J=[b"{", b"null", b"[]", b"1"*5000, b"["*100000, b'{"a":'*100000, b'{"body":"\\ud800","title":"\\ud800"}', b'{"body":"a\\u0000","title":"b\\u0000","sending_key":"k\\u0000"}', b'{"body":"a","title":"b","sending_key":"\\ud800"}', b'{"body":"x","title":"x","sending_key":"'+b"k"*100000+b'"}', b'\xff\xfe', b'{"body":"@marc.membre '+b"@marc.membre "*1500+b'","title":"x"}', b'{"body":NaN,"title":Infinity}', b'{"body":"x","title":"x","parent":"\\ud800"}', b'{"body":'+b'"'+b"x"*3000000+b'"}', b'{"body":"x","title":"x","parent":123456789012345678901234567890}', b""]
    for p in ("/api/v1/communities/%s/topics"%community.uuid, "/api/v1/content/%s/comments"%topic.uuid, "/api/v1/communities/%s/join"%community.uuid):
        for j in J:
            r=client.generic("POST",p,j,content_type="application/json",headers=h)
            if r.status_code>=500 or r["Content-Type"]!="application/problem+json" and r.status_code>=400: bad.append((p,j[:60],r.status_code,r["Content-Type"],repr(getattr(r,'exc_info',None) and r.exc_info[1])[:200]))
    # other person's key
    _t, s2 = create_token("e", actor=member, scope="write", expires=timezone.now()+timedelta(days=3))
    for s in (secret,s2):
        r=client.post("/api/v1/communities/%s/topics"%community.uuid,{"title":"t","body":"b","sending_key":"same"},content_type="application/json",headers={"authorization":"Bearer "+s})
        print("KEY",r.status_code)
    for a in ("Bearer","Bearer ","Bearer \xe9","Bearer a b c","Basic x","bearer "+secret,"Bearer "+"x"*100000):
        r=client.get("/api/v1/me",headers={"authorization":a}); print(repr(a[:30]),r.status_code)
    for m in ("PUT","PATCH","DELETE","OPTIONS","HEAD","TRACE","ZZZ"):
        for p in ("/api/v1/me","/","/communities/","/files/%s/x"%topic.uuid):
            r=client.generic(m,p,headers=h)
            if r.status_code>=500: bad.append((m,p,r.status_code))
    for b in bad: print("BAD",b)
