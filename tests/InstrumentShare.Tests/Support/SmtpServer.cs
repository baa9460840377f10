using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace InstrumentShare.Tests.Support;

/// <summary>
/// A real SMTP server on loopback (aiosmtpd of Debian) that wants STARTTLS and then a sign-in, with a certificate made here, and
/// keeps each message it takes as a file.
/// </summary>
public sealed class SmtpServer : IAsyncDisposable
{
    public const string User = "mailer";
    public const string Password = "let me send";

    private const string Script = """
        import asyncio, os, ssl, sys
        from aiosmtpd.smtp import SMTP, AuthResult
        folder, port, user, password = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(folder, "server.pem"))
        def check(server, session, envelope, mechanism, data):
            right = getattr(data, "login", b"") == user.encode() and getattr(data, "password", b"") == password.encode()
            return AuthResult(success=right, handled=False)
        class Server(SMTP):
            # Names of mechanisms are case-insensitive (RFC 4422); this version of the server forgets that.
            async def smtp_AUTH(self, arg):
                await super().smtp_AUTH(arg[:5].upper() + arg[5:] if arg else arg)
        class Keep:
            count = 0
            async def handle_DATA(self, server, session, envelope):
                Keep.count += 1
                name = os.path.join(folder, "%04d.eml" % Keep.count)
                with open(name + ".part", "wb") as file:
                    file.write(b"X-Test-Tls: %s\r\n" % (b"yes" if session.ssl else b"no"))
                    file.write(b"X-Test-To: %s\r\n" % ",".join(envelope.rcpt_tos).encode())
                    file.write(envelope.content)
                os.rename(name + ".part", name)
                return "250 taken"
        async def main():
            loop = asyncio.get_running_loop()
            make = lambda: Server(Keep(), tls_context=context, require_starttls=True, authenticator=check, auth_required=True, enable_SMTPUTF8=False)
            server = await loop.create_server(make, "127.0.0.1", port)
            print("ready", flush=True)
            await server.serve_forever()
        asyncio.run(main())
        """;

    private readonly Process process;
    private readonly string folder;

    private SmtpServer(Process process, string folder, int port, X509Certificate2 certificate) => (this.process, this.folder, Port, Thumbprint) = (process, folder, port, certificate.Thumbprint);

    public int Port { get; }

    public string Thumbprint { get; }

    public static async Task<SmtpServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("instrumentshare-smtp-").FullName;
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        await File.WriteAllTextAsync(Path.Combine(folder, "server.pem"), key.ExportPkcs8PrivateKeyPem() + "\n" + certificate.ExportCertificatePem() + "\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "server.py"), Script);
        var port = FreePort();

        // Debian's own interpreter: another one on the path does not have its packages.
        var start = new ProcessStartInfo("/usr/bin/python3", [Path.Combine(folder, "server.py"), folder, port.ToString(System.Globalization.CultureInfo.InvariantCulture), User, Password])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        if (await process.StandardOutput.ReadLineAsync() != "ready") throw new InvalidOperationException("The SMTP server did not start: " + await process.StandardError.ReadToEndAsync());
        return new SmtpServer(process, folder, port, certificate);
    }

    /// <summary>The messages taken so far, in order.</summary>
    public async Task<IReadOnlyList<string>> MessagesAsync()
    {
        var messages = new List<string>();
        foreach (var file in Directory.GetFiles(folder, "*.eml").Order(StringComparer.Ordinal)) messages.Add(await File.ReadAllTextAsync(file));
        return messages;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
