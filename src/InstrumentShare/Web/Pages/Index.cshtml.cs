using InstrumentShare.Access;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Web.Pages;

[Public]
public sealed class IndexModel : PageModel;
