async def test_see(scene):
    async with scene.client("coordinator") as c:
        r = await c.get("/")
        print(r.status_code, r.text[:3000])
