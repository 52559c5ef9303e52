import asyncio

import aiohttp


async def ask() -> None:
    timeout = aiohttp.ClientTimeout(15)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.get("https://api.openai.com/v1/models") as got,
    ):
        print(await got.text())


asyncio.run(ask())
