using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace InstrumentShare.Web;

/// <summary>
/// The address that links in mail begin with. Never taken from a request: whoever sends one may name any host, and a reset link
/// would carry its token there.
/// </summary>
public sealed class PublicAddress(IOptions<WebOptions> options, IServer server)
{
    public string Value => options.Value.PublicAddress.Length > 0
        ? options.Value.PublicAddress.TrimEnd('/')
        : server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?.TrimEnd('/') ?? "http://localhost:5080";
}
