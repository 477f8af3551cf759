using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Devices;

namespace EdgeBench.Tests.Cluster;

/// <summary>The server tells each device which images to get ready, and shows how far it is.</summary>
[Collection("cluster")]
public sealed class DeviceImagesTests
{
    [Fact]
    public async Task An_idle_device_is_told_its_images_until_it_says_that_it_has_been_told()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await FakeDevice.OnlineAsync(server, "board");

        var told = await device.ExpectAsync<ToDevice.PrepareImages>(told => told.Session == device.Session);
        await device.BeatAsync();
        var again = await device.ExpectAsync<ToDevice.PrepareImages>();
        Assert.Equal(["onnxruntime"], told.Images.Select(image => image.Runtime));
        Assert.Equal(told.Images.Select(image => image.Identity()), again.Images.Select(image => image.Identity()));

        device.Images = [new DeviceImage("onnxruntime", told.Images[0].Identity(), ImagePhase.Failed, "no disk")];
        await device.BeatAsync();
        while (await IsToldAsync(device))
        {
            // Said before the server heard of it.
        }

        await device.BeatAsync();
        Assert.False(await IsToldAsync(device));

        var list = await server.AskAsync<ClientReplies.DeviceList>(new ClientRequests.ListDevices(0));
        Assert.Equal(device.Images, Assert.Single(list.Devices).Images);
        Assert.Equal(DevicePhase.Idle, list.Devices[0].Phase);
    }

    [Fact]
    public async Task A_device_of_another_architecture_is_told_of_no_image()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await FakeDevice.OnlineAsync(server, "board", "arm64");

        await device.BeatAsync();

        Assert.False(await IsToldAsync(device));
    }

    // What belongs to a heartbeat comes before its answer.
    private static async Task<bool> IsToldAsync(FakeDevice device)
    {
        try
        {
            await device.ExpectAsync<ToDevice.PrepareImages>(patience: TimeSpan.FromMilliseconds(1));
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
