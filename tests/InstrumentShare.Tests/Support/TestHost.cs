using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using InstrumentShare.Access;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace InstrumentShare.Tests.Support;

/// <summary>
/// The real program on a database of its own, with a fixed clock, without jobs and demo. Use as <c>IClassFixture&lt;TestHost&gt;</c>;
/// call <see cref="SecondNode"/> for another node over the same database.
/// </summary>
public class TestHost : TestDatabase
{
    public FixedClock Clock { get; } = new();

    public Node First { get; private set; } = null!;

    public IServiceProvider Services => First.Services;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        First = NewNode();
    }

    public override async Task DisposeAsync()
    {
        await First.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>Settings on top of those all tests share; override to add.</summary>
    protected virtual IEnumerable<KeyValuePair<string, string>> Settings => [];

    public Node NewNode() => new(ConnectionString, Clock, Settings);

    /// <summary>A program's client: bearer token, JSON, English problem texts.</summary>
    public Task<HttpClient> ApiAsync(Person? person = null, string language = "en") => First.ApiAsync(person, language);

    /// <summary>A browser-like client: cookies and forms, without JavaScript.</summary>
    public Task<PageClient> PagesAsync(Person? person = null, string language = "en") => First.PagesAsync(person, language);

    public Given Given => new(this, Clock);
}

/// <summary>One node of the program.</summary>
public sealed class Node(string connectionString, FixedClock clock, IEnumerable<KeyValuePair<string, string>> settings) : WebApplicationFactory<Program>
{
    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("ConnectionStrings:InstrumentShare", connectionString);
        builder.UseSetting("Jobs:Enabled", "false");
        builder.UseSetting("Demo:Enabled", "false");
        builder.UseSetting("Web:SignInsPerMinute", "100000");
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        foreach (var (key, value) in settings) builder.UseSetting(key, value);
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<IClock>(clock);
            // Some rows of many, whichever the database likes, are never what a page means.
            services.ConfigureDbContext<AppDb>(o => o.ConfigureWarnings(w => w.Throw(CoreEventId.FirstWithoutOrderByAndFilterWarning, CoreEventId.RowLimitingOperationWithoutOrderByWarning)));
            services.Configure<PasswordHasherOptions>(o => o.IterationCount = 1);
        });
    }

    public async Task<HttpClient> ApiAsync(Person? person, string language = "en")
    {
        var client = CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, BaseAddress = ClientOptions.BaseAddress });
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
        if (person is null) return client;
        var answer = await client.PostAsJsonAsync("/api/v1/account/login", new { email = person.Email, password = Given.Password });
        answer.EnsureSuccessStatusCode();
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async Task<PageClient> PagesAsync(Person? person, string language = "en")
    {
        var http = CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = true, BaseAddress = ClientOptions.BaseAddress });
        http.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
        var pages = new PageClient(http);
        if (person is null) return pages;
        var form = await pages.GetAsync("/sign-in");
        var after = await pages.SubmitAsync(form, "form[data-sign-in]", ("Email", person.Email!), ("Password", Given.Password));
        if (after.QuerySelector("form[data-sign-in]") is not null) throw new InvalidOperationException($"{person.Email} could not sign in: {after.Body?.TextContent}");
        return pages;
    }
}

/// <summary>Reads pages and submits their forms as a browser without JavaScript does.</summary>
public sealed class PageClient(HttpClient http)
{
    public HttpClient Http => http;

    public HttpResponseMessage Last { get; private set; } = null!;

    public async Task<IHtmlDocument> GetAsync(string path) => await ReadAsync(await http.GetAsync(path));

    /// <summary>Submits the form with its present values, some of them replaced. A value for a submit button adds it.</summary>
    public async Task<IHtmlDocument> SubmitAsync(IHtmlDocument page, string formSelector, params (string Name, string Value)[] values)
    {
        var form = page.QuerySelector(formSelector) as IHtmlFormElement ?? throw new InvalidOperationException($"No form {formSelector} in: {page.Body?.TextContent}");
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var element in form.Elements)
        {
            var (name, value) = element switch
            {
                IHtmlInputElement { Type: "checkbox" or "radio" } box => (box.IsChecked ? box.Name : null, box.Value),
                IHtmlInputElement { Type: "submit" or "file" } => (null, null),
                IHtmlInputElement input => (input.Name, input.Value),
                IHtmlSelectElement select => (select.Name, select.Value),
                IHtmlTextAreaElement area => (area.Name, area.Value),
                _ => (null, null),
            };
            if (name is not null && values.All(v => v.Name != name)) fields.Add(new(name, value ?? string.Empty));
        }

        fields.AddRange(values.Select(v => new KeyValuePair<string, string>(v.Name, v.Value)));
        var action = form.GetAttribute("action") is { Length: > 0 } path ? path : Last.RequestMessage!.RequestUri!.PathAndQuery;
        if (!string.Equals(form.Method, "post", StringComparison.OrdinalIgnoreCase))
            return await GetAsync(action.Split('?')[0] + "?" + await new FormUrlEncodedContent(fields).ReadAsStringAsync());
        return await ReadAsync(await http.PostAsync(action, new FormUrlEncodedContent(fields)));
    }

    private async Task<IHtmlDocument> ReadAsync(HttpResponseMessage answer)
    {
        Last = answer;
        return await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync());
    }
}
