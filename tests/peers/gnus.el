;;; gnus.el --- One Gnus session without a screen: read a mail, press a button  -*- lexical-binding: t; -*-

;; emacs --batch -l gnus.el MBOX PRESS ADDRESS NAME PORT FOLDER
;;
;; Gnus opens the mailbox MBOX as the person NAME <ADDRESS> and shows its newest mail; what it shows is printed.  PRESS
;; is Accept, Tentative or Decline: the button of that name under the invitation is pressed, and Gnus mails its answer by
;; SMTP to PORT of this machine.  With Look nothing is pressed.  FOLDER is Gnus's own, and empty at first.

(pcase-let ((`(,mbox ,press ,address ,name ,port ,folder) command-line-args-left))
  (setq command-line-args-left nil
        user-mail-address address
        user-full-name name
        gnus-home-directory folder
        gnus-directory folder
        message-directory folder
        message-auto-save-directory nil
        gnus-init-file nil
        gnus-select-method '(nnnil "")
        gnus-use-dribble-file nil
        gnus-message-archive-group nil
        gnus-inhibit-startup-message t
        gnus-message-highlight-citation nil
        gnus-large-newsgroup nil
        gnus-buttonized-mime-types '("text/calendar")
        mm-discouraged-alternatives nil
        message-kill-buffer-on-exit t
        message-send-mail-function #'message-smtpmail-send-it
        send-mail-function #'smtpmail-send-it
        smtpmail-smtp-server "127.0.0.1"
        smtpmail-smtp-service (string-to-number port))
  (require 'gnus)
  (require 'gnus-icalendar)
  (gnus-icalendar-setup)
  (gnus-no-server)
  (gnus-group-read-ephemeral-group "peer" `(nndoc "peer" (nndoc-address ,mbox) (nndoc-article-type mbox)))
  (goto-char (point-max))
  (forward-line -1)
  (gnus-summary-select-article nil t)
  (with-current-buffer gnus-article-buffer
    (princ (buffer-substring-no-properties (point-min) (point-max)))
    (unless (equal press "Look")
      (goto-char (point-min))
      (search-forward (format "[ %s ]" press))
      (backward-char 2)
      (gnus-article-press-button))))
